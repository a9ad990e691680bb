package documents

// The bars of a chart: cells with a colour or a mark.

// look sees which colours of the body are no bars: the paper, and the columns that are shaded in every row.
func (c *chart) look(body []row) {
	count, all := map[string]int{}, 0
	columns := map[int]string{}
	titled := 0
	for _, in := range body {
		if in.at(c.title).text == "" {
			continue
		}
		titled++
		for k := c.from; k < c.to; k++ {
			colour := in.at(k).colour
			count[colour]++
			all++
			if was, ok := columns[k]; !ok {
				columns[k] = colour
			} else if was != colour {
				columns[k] = ""
			}
		}
	}
	for colour, n := range count {
		if 5*n > 3*all {
			c.paper = colour
		}
	}
	c.shaded = map[int]string{}
	for k, colour := range columns {
		if colour != "" && titled >= leastHead {
			c.shaded[k] = colour
		}
	}
	if len(c.shaded) == c.to-c.from { // the whole of it is coloured
		c.shaded = map[int]string{}
	}
}

// barred says whether a cell is a part of a bar, and other whether it holds something that is none.
func (c *chart) barred(in row, k int) (bar, other bool) {
	cell := in.at(k)
	switch {
	case isBarMark(cell.text), c.named && isWords(cell):
		return true, false
	case cell.colour != "" && cell.colour != c.paper && cell.colour != c.shaded[k] && cell.colour != c.band(in):
		return true, false
	}
	return false, cell.text != "" && !cell.above && !isTick(cell)
}

// hasBars says whether bars stand in the body, and hardly anything else.
func (c *chart) hasBars(body []row) bool {
	rows, bars, others := 0, 0, 0
	for _, in := range body {
		has := false
		if in.at(c.title).text == "" {
			continue
		}
		for k := c.from; k < c.to; k++ {
			bar, other := c.barred(in, k)
			has = has || bar
			switch {
			case bar:
				bars++
			case other:
				others++
			}
		}
		if has {
			rows++
		}
	}
	return rows >= 2 && bars > 2*others
}

// band is the colour that a row has from what it says to the end of the chart, under its bar or without one; empty where it has none.
func (c *chart) band(in row) string {
	colour := in.at(c.title).colour
	if colour == "" {
		return ""
	}
	for k := c.from; k < c.to; k++ {
		if in.at(k).colour == "" {
			return ""
		}
	}
	return colour
}
