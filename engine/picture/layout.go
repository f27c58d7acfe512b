package picture

import (
	"cmp"
	"slices"
)

// The layout is that of layered drawings (Sugiyama, Tagawa, Toda 1981): nodes stand in columns, an edge over several columns gets
// a bend in each of them, the order within a column is found by sweeps of barycentres, and heights by least squares.

// box is a node in a column, or a bend of a long edge.
type box struct {
	node   int // index of the node; -1 for a bend
	column int
	order  int
	height float64
	y      float64 // of its middle
	left   []*box  // neighbours in the column before
	right  []*box
}

// line is an edge: the boxes it goes through, from the first node to the last, in order of column.
// A line between nodes of one column, or back to an earlier one, has just its two ends and goes around.
type line struct {
	from, to *box
	through  []*box
}

const (
	nodeGap    = 14.0
	bendGap    = 6.0
	sweeps     = 8
	smoothings = 12
)

// arrange places boxes of the given heights in columns. columns[i] is the column of node i.
func arrange(columns []int, heights []float64, edges [][2]int) (boxes []*box, lines []line, height float64) {
	width := 0
	for _, c := range columns {
		width = max(width, c+1)
	}
	layers := make([][]*box, width)
	for i, c := range columns {
		b := &box{node: i, column: c, height: heights[i]}
		boxes = append(boxes, b)
		layers[c] = append(layers[c], b)
	}
	for _, e := range edges {
		from, to := boxes[e[0]], boxes[e[1]]
		l := line{from: from, to: to}
		if to.column > from.column {
			last := from
			for c := from.column + 1; c < to.column; c++ {
				bend := &box{node: -1, column: c}
				layers[c] = append(layers[c], bend)
				join(last, bend)
				l.through = append(l.through, bend)
				last = bend
			}
			join(last, to)
		}
		lines = append(lines, l)
	}
	for _, layer := range layers {
		number(layer)
	}
	order(layers)
	return boxes, lines, settle(layers)
}

func join(a, b *box) {
	a.right = append(a.right, b)
	b.left = append(b.left, a)
}

func number(layer []*box) {
	for i, b := range layer {
		b.order = i
	}
}

// order sorts every column by the mean place of the neighbours, from left to right and back, and keeps the best order met.
// Only orders after a sweep back count: in those, what leads to one box stands together.
func order(layers [][]*box) {
	best, kept := -1, snapshot(layers)
	for range sweeps {
		for i := 1; i < len(layers); i++ {
			byMean(layers[i], func(b *box) []*box { return b.left })
		}
		for i := len(layers) - 2; i >= 0; i-- {
			byMean(layers[i], func(b *box) []*box { return b.right })
		}
		if n := crossings(layers); best < 0 || n < best {
			best, kept = n, snapshot(layers)
		}
	}
	for i := range layers {
		layers[i] = kept[i]
		number(layers[i])
	}
}

func snapshot(layers [][]*box) [][]*box {
	kept := make([][]*box, len(layers))
	for i, l := range layers {
		kept[i] = slices.Clone(l)
	}
	return kept
}

func byMean(layer []*box, neighbours func(*box) []*box) {
	mean := make(map[*box]float64, len(layer))
	for _, b := range layer {
		m, ns := float64(b.order), neighbours(b)
		if len(ns) > 0 {
			m = 0
			for _, n := range ns {
				m += float64(n.order)
			}
			m /= float64(len(ns))
		}
		mean[b] = m
	}
	slices.SortStableFunc(layer, func(a, b *box) int { return cmp.Compare(mean[a], mean[b]) })
	number(layer)
}

// crossings counts the pairs of edges between neighbouring columns that cross: inversions, counted with a Fenwick tree.
func crossings(layers [][]*box) int {
	total := 0
	for i := 0; i+1 < len(layers); i++ {
		tree := make([]int, len(layers[i+1])+1)
		seen := 0
		for _, b := range layers[i] {
			ends := make([]int, 0, len(b.right))
			for _, r := range b.right {
				ends = append(ends, r.order)
			}
			slices.Sort(ends)
			for _, e := range ends {
				upTo := 0
				for k := e + 1; k > 0; k -= k & -k {
					upTo += tree[k]
				}
				total += seen - upTo
			}
			for _, e := range ends {
				for k := e + 1; k < len(tree); k += k & -k {
					tree[k]++
				}
				seen++
			}
		}
	}
	return total
}

// settle gives every box its height: as near the mean of its neighbours as the order and the gaps allow.
func settle(layers [][]*box) (height float64) {
	for _, layer := range layers {
		y := 0.0
		for _, b := range layer {
			b.y = y + b.height/2
			y += b.height + gap(b)
		}
	}
	for s := range smoothings {
		for i := range layers {
			k := i
			if s%2 == 1 {
				k = len(layers) - 1 - i
			}
			wish := make([]float64, len(layers[k]))
			for j, b := range layers[k] {
				wish[j] = meanHeight(b)
			}
			place(layers[k], wish)
		}
	}
	top := 0.0
	for _, layer := range layers {
		for _, b := range layer {
			top = min(top, b.y-b.height/2)
		}
	}
	for _, layer := range layers {
		for _, b := range layer {
			b.y -= top
			height = max(height, b.y+b.height/2)
		}
	}
	return height
}

func gap(b *box) float64 {
	if b.node < 0 {
		return bendGap
	}
	return nodeGap
}

func meanHeight(b *box) float64 {
	n := len(b.left) + len(b.right)
	if n == 0 {
		return b.y
	}
	sum := 0.0
	for _, l := range b.left {
		sum += l.y
	}
	for _, r := range b.right {
		sum += r.y
	}
	return sum / float64(n)
}

// place moves the boxes of a column as near to their wishes as order and gaps allow: isotonic regression by pooling
// adjacent violators, after each box's least distance from the first has been taken off.
func place(layer []*box, wish []float64) {
	offset := make([]float64, len(layer))
	for j := 1; j < len(layer); j++ {
		a, b := layer[j-1], layer[j]
		offset[j] = offset[j-1] + a.height/2 + max(gap(a), gap(b)) + b.height/2
	}
	type pool struct {
		sum   float64
		count int
	}
	mean := func(p pool) float64 { return p.sum / float64(p.count) }
	var pools []pool
	for j := range layer {
		pools = append(pools, pool{wish[j] - offset[j], 1})
		for n := len(pools); n > 1 && mean(pools[n-2]) > mean(pools[n-1]); n = len(pools) {
			pools[n-2] = pool{pools[n-2].sum + pools[n-1].sum, pools[n-2].count + pools[n-1].count}
			pools = pools[:n-1]
		}
	}
	j := 0
	for _, p := range pools {
		for range p.count {
			layer[j].y = mean(p) + offset[j]
			j++
		}
	}
}
