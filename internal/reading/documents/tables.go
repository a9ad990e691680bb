package documents

// readPart reads a part of the document.
func (r *reader) readPart(p part) error {
	r.layout = p.layout
	switch p.kind {
	case tablePart:
		r.readTable(p.rows)
	case titlePart:
		r.setBanner([]string{p.row.cells[0].text}, p.row)
	case headerPart:
		r.bannerInHeader(p.row)
	case linePart:
		r.line(p)
	case cardPart:
		r.card(p)
		r.prose = append(r.prose, p.row)
	case collapsedPart:
		r.closeBlock()
		r.under = Value{Text: r.bannerWithin(p.row.cells[0].text), From: r.places(p.row.cells[:1])}
		r.note("From line %d on a page of the document ran together: its table cannot be cut into rows. What looks like an action with a date is offered as a candidate.", p.row.number)
		r.ranTogether(p.row)
	case togetherPart:
		r.ranTogether(p.row)
	}
	return r.failed
}

// beginSheet forgets what the sheet before said of its rows.
func (r *reader) beginSheet() {
	r.layout, r.block, r.under, r.drifted = nil, block{}, Value{}, false
	r.above, r.levels = map[Field]cell{}, [4]cell{}
}

// readTable reads rows of a table, as the kind of table that they are.
func (r *reader) readTable(rows []row) {
	if r.layout.people {
		if r.layout.columns == nil {
			r.layout.columns = []*Column{}
			r.note("The table below row %d is a list of people. It was not read.", r.layout.line)
		}
		return
	}
	if !r.scanned {
		if r.layout.register == nil && r.layout.columns == nil {
			r.layout.register = r.layout.registerIn(rows, r.sheet)
		}
		if r.layout.register != nil {
			r.registerTable(rows, r.layout.register)
			return
		}
	}
	if !r.scanned {
		l := learner{r.table, r.out}
		if r.layout.columns == nil {
			l.learn(rows)
		}
		l.settle(rows)
	}
	if missing := r.layout.withoutValue(rows); len(missing) > 0 {
		r.failed = withoutValues(missing)
		return
	}
	learner{r.table, r.out}.noteMissing(rows)
	k := r.layout.kindOf(rows)
	if r.layout.events != nil {
		k = ofMilestones
	}
	if k == ofHistory {
		r.passHistory(rows)
		return
	}
	if what := r.layout.registerOf(); what != "" && !r.scanned {
		r.passRegister(rows, what)
		return
	}
	// What is below an empty row is of the same kind; and in a spreadsheet that says how far each row is, a row is no figure.
	if k == ofFigures && !r.scanned && (r.layout.plan || r.layout.has(Title) && (r.layout.has(Status) || ofTasks(r.layout.headings) > 1)) {
		k = ofMilestones
	}
	r.layout.plan = r.layout.plan || k == ofMilestones
	if r.layout.figures = r.layout.figures || k == ofFigures; r.layout.figures {
		k = ofFigures
	}
	if k == ofMilestones && !r.scanned {
		r.layout.keepFigures()
	}
	if k != ofMilestones {
		r.closeBlock()
		r.layout.explain(k)
	}
	learner{r.table, r.out}.report(rows)
	switch {
	case r.layout.events != nil:
		r.closeBlock()
		r.eventTable(rows)
	case k == ofPeriods:
		r.periodTable(rows)
	case k == ofFunding:
		r.fundingTable(rows)
	case k == ofFigures:
		r.figures(rows)
	case r.isStatusView(rows):
		r.statusView(rows)
	default:
		r.milestoneTable(rows)
	}
}
