package server

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
)

// overviewPage is the whole plan as a picture, and the same in words.
type overviewPage struct {
	resultPage
	Wide, Slim *chart
	Offices    []*office
}

func (s *site) getOverview(w http.ResponseWriter, r *http.Request) error {
	p, err := s.resultPage(r, "overview")
	if err != nil {
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	p.Title = v.texts.Say("overview.title", v.bundle().Title.In(v.lang()))
	p.Heading = v.texts.Say("tab.overview")
	p.page.Broad = true
	o := overviewPage{resultPage: *p, Offices: offices(v.texts, p.Results.todo())}
	if len(p.Results.todo()) > 0 {
		o.Wide, o.Slim = wideChart(v, p.Results, o.Offices), slimChart(o.Offices)
	}
	return s.show(w, http.StatusOK, "overview", o)
}

// chart is the geometry of the picture, in pixels: boxes in columns and the ribbons between them.
type chart struct {
	Width, Height float64
	Heads         []head
	Boxes         []box
	Ribbons       []ribbon
}

type head struct {
	X, Y float64
	Text string
}

type box struct {
	X, Y, W, H float64
	Class      string // answer, needed, ask, office
	Key        string // names the box, so that a script can light what belongs to it
	Lines      []textLine
	Small      string // a line below, in small letters
	SmallY     float64
	URL        string
	Title      string // the whole text
}

type textLine struct {
	X, Y float64
	Text string
}

type ribbon struct {
	Path  string
	Class string
	From  string
	To    string
}

const (
	lineHeight = 20
	boxPad     = 10
)

func newBox(x, y, w float64, class, key, text, small, url string, lines int) box {
	b := box{X: x, Y: y, W: w, Class: class, Key: key, Title: text, Small: small, URL: url}
	for i, l := range wrap(text, int((w-2*boxPad)/7.7), lines) {
		b.Lines = append(b.Lines, textLine{x + boxPad + 4, y + boxPad + 14 + float64(i)*lineHeight, l})
	}
	b.H = float64(len(b.Lines))*lineHeight + 2*boxPad
	// The line below is set smaller.
	if lines := wrap(small, int((w-2*boxPad)/7.2), 1); len(lines) > 0 {
		b.Small = lines[0]
	}
	if small != "" {
		b.SmallY = y + b.H + 4
		b.H += 16
	}
	return b
}

// wideChart draws the answers that count, what they make needed, and who handles it, from left to right.
func wideChart(v *visit, r results, all []*office) *chart {
	const width, gap = 1120.0, 12.0
	t := v.texts
	c := &chart{Width: width}
	answers := &column{x: 0, w: 300, y: 40}
	needs := &column{x: 410, w: 340, y: 40}
	offices := &column{x: 860, w: 260, y: 40}
	c.Heads = []head{{0, 18, t.Say("overview.answers")}, {410, 18, t.Say("overview.needs")}, {860, 18, t.Say("overview.offices")}}

	place := map[string]int{} // the row of each need, which orders the answers
	for _, o := range all {
		for _, n := range o.Needs {
			if _, seen := place[n.ID]; seen {
				continue
			}
			place[n.ID] = len(place)
			needs.add(newBox(needs.x, needs.y, needs.w, string(n.Status), "n-"+n.ID, n.Name, n.DueText, v.url("result")+"#r-"+n.ID, 2), gap)
		}
	}
	reasons := reasonsOf(r.todo(), place)
	for _, a := range reasons {
		answers.add(newBox(answers.x, answers.y, answers.w, "answer", a.key, a.label, a.answer, a.url, 2), gap)
	}
	for _, o := range all {
		key := "o-" + cmp.Or(o.ID, "unknown")
		offices.add(newBox(offices.x, offices.y, offices.w, "office", key, o.Name, t.Count("overview.count", len(o.Needs)), "", 3), gap)
	}
	c.Height = max(answers.y, needs.y, offices.y) + 4
	for _, col := range []*column{answers, needs, offices} {
		col.centre(c.Height)
		c.Boxes = append(c.Boxes, col.boxes...)
	}
	for _, a := range reasons {
		for _, id := range a.needs {
			c.connect(a.key, "n-"+id)
		}
	}
	for _, o := range all {
		for _, n := range o.Needs {
			c.connect("n-"+n.ID, "o-"+cmp.Or(o.ID, "unknown"))
		}
	}
	return c
}

type column struct {
	x, w, y float64
	boxes   []box
}

func (c *column) add(b box, gap float64) {
	c.boxes = append(c.boxes, b)
	c.y += b.H + gap
}

// centre spreads a short column over the height, so that the ribbons stay short.
func (c *column) centre(height float64) {
	if len(c.boxes) == 0 {
		return
	}
	spare := (height - c.y) / float64(len(c.boxes)+1)
	for i := range c.boxes {
		c.boxes[i].move(spare * float64(i+1))
	}
}

func (b *box) move(dy float64) {
	b.Y = round(b.Y + dy)
	for i := range b.Lines {
		b.Lines[i].Y = round(b.Lines[i].Y + dy)
	}
	if b.SmallY != 0 {
		b.SmallY = round(b.SmallY + dy)
	}
}

type cause struct {
	key, label, answer, url string
	needs                   []string
	rows                    int
}

// reasonsOf lists the answers that make something needed, each once, near what they cause.
func reasonsOf(needs []*need, place map[string]int) []*cause {
	var all []*cause
	at := map[string]*cause{}
	for _, n := range needs {
		for _, reason := range n.Reasons {
			for _, test := range reason.Tests {
				if !test.Holds || test.Answer == "" {
					continue
				}
				c := at[test.Label]
				if c == nil {
					c = &cause{key: fmt.Sprintf("a-%d", len(all)), label: test.Label, answer: test.Answer, url: test.URL}
					at[test.Label] = c
					all = append(all, c)
				}
				if !slices.Contains(c.needs, n.ID) {
					c.needs = append(c.needs, n.ID)
					c.rows += place[n.ID]
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *cause) int { return cmp.Compare(a.rows*len(b.needs), b.rows*len(a.needs)) })
	return all
}

func (c *chart) box(key string) (box, bool) {
	i := slices.IndexFunc(c.Boxes, func(b box) bool { return b.Key == key })
	if i < 0 {
		return box{}, false
	}
	return c.Boxes[i], true
}

func (c *chart) connect(from, to string) {
	a, ok1 := c.box(from)
	b, ok2 := c.box(to)
	if !ok1 || !ok2 {
		return
	}
	x1, y1, x2, y2 := a.X+a.W, a.Y+a.H/2, b.X, b.Y+b.H/2
	mid := (x1 + x2) / 2
	class := b.Class
	if class == "office" {
		class = a.Class
	}
	c.Ribbons = append(c.Ribbons, ribbon{fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", x1, y1, mid, y1, mid, y2, x2, y2), class, from, to})
}

// slimChart draws each authority with what it is asked for below it.
func slimChart(all []*office) *chart {
	const width = 358.0
	c := &chart{Width: width}
	y := 4.0
	for i, o := range all {
		head := newBox(0, y, width, "office", fmt.Sprintf("o-%d", i), o.Name, "", "", 3)
		c.Boxes = append(c.Boxes, head)
		y += head.H + 10
		for _, n := range o.Needs {
			b := newBox(34, y, width-34, string(n.Status), "n-"+n.ID, n.Name, n.DueText, "", 3)
			c.Boxes = append(c.Boxes, b)
			middle := b.Y + b.H/2
			c.Ribbons = append(c.Ribbons, ribbon{fmt.Sprintf("M16 %.1fV%.1fq0 8 8 8H34", head.Y+head.H, middle-8), b.Class, head.Key, b.Key})
			y += b.H + 8
		}
		y += 16
	}
	c.Height = y
	return c
}
