package forms

import (
	"math"
	"math/big"
	"strconv"
)

// The library compares numbers as exact decimals: the shortest decimal that a float64 prints as, against the decimal in the schema.
// Here float64s are compared, which gives the same answer because
//   - the shortest decimals of two floats are in the same order as the floats, and
//   - a limit is taken only if it is the shortest decimal of its own float64 (see exact), and
//   - decimals of at most 15 significant digits and their floats are one to one (see short and multiple).
//
// Everything beyond that is the library's to judge.

// numberRule is what a schema asks of numbers.
type numberRule struct {
	min, max     float64 // ∓Inf where there is no limit
	above, below float64 // exclusive; ∓Inf likewise
	step         *multiple
}

// digits15 bounds the whole numbers for which decimal and float64 are one to one.
const digits15 = 1e15

func (n *numberRule) valid(f float64) (ok, sure bool) {
	// Written so that NaN fails.
	if !(f >= n.min && f <= n.max && f > n.above && f < n.below) {
		return false, true
	}
	if n.step == nil {
		return true, true
	}
	return n.step.of(f)
}

// multiple is a step of numerator / scale, scale being a power of ten.
type multiple struct{ numerator, scale float64 }

// step returns a `multipleOf` as a multiple, if it is a decimal of few digits.
func step(r *big.Rat) (*multiple, bool) {
	scale := int64(1)
	for range 7 {
		if n := new(big.Rat).Mul(r, new(big.Rat).SetInt64(scale)); n.IsInt() && n.Num().IsInt64() {
			if v := n.Num().Int64(); v > 0 && v < 1e9 {
				return &multiple{float64(v), float64(scale)}, true
			}
		}
		scale *= 10
	}
	return nil, false
}

func (m *multiple) of(f float64) (ok, sure bool) {
	whole := math.Round(f * m.scale)
	if !(math.Abs(whole) < digits15) {
		return false, false
	}
	return whole/m.scale == f && (m.numerator == 1 || math.Mod(whole, m.numerator) == 0), true
}

// exact returns a schema's number as a float64 if it is what that float64 prints as.
func exact(r *big.Rat) (float64, bool) {
	f, _ := r.Float64()
	back, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	return f, ok && back.Cmp(r) == 0
}

// short reads a JSON number of at most 15 digits without exponent.
func short(text string) (float64, bool) {
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c != '.' && (c != '-' || i > 0):
			return 0, false
		}
	}
	if digits == 0 || digits > 15 {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}
