package documents

import "strconv"

// learnShares sees whether a column of percentages holds shares of one: then 1 is all of it, and not one of a hundred.
func (l *layout) learnShares(rows []row) {
	column := l.column(Percent)
	if column < 0 || l.shares {
		return
	}
	fraction := false
	for _, in := range rows {
		n, err := strconv.ParseFloat(in.at(column).text, 64)
		if err != nil {
			continue
		}
		if n > 1 {
			return
		}
		fraction = fraction || n > 0 && n < 1
	}
	l.shares = fraction
}

// percentOf is the percentage of a record. A share is written as the percentage that it is.
func (r *reader) percentOf(rec *record) Value {
	v := r.field(rec, Percent)
	if n, err := strconv.ParseFloat(v.Text, 64); err == nil && r.layout.shares && n >= 0 && n <= 1 {
		v.Text = strconv.FormatFloat(100*n, 'f', -1, 64) + "%"
	}
	return v
}
