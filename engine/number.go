package engine

import "math"

func ceil(x float64) float64  { return math.Ceil(x) }
func floor(x float64) float64 { return math.Floor(x) }

// nextAbove is the smallest number above x, among whole numbers when they are meant.
func nextAbove(x float64, whole bool) float64 {
	if whole {
		return math.Floor(x) + 1
	}
	return math.Nextafter(x, math.Inf(1))
}

func nextBelow(x float64, whole bool) float64 {
	if whole {
		return math.Ceil(x) - 1
	}
	return math.Nextafter(x, math.Inf(-1))
}
