package documents

// learn sees what the columns of a table hold by its first rows, and says what a person may want to see otherwise. The steps come
// in this order: which columns hold dates at all, which of them is in force, and what is called how.
func (r learner) learn(rows []row) {
	l := r.layout
	l.learnTyped(rows)
	l.learnNumberedLevels()
	r.learnBaseline(rows)
	if r.learnEvents(rows); l.events != nil {
		l.oneColumnEach()
		r.noteHidden()
		return
	}
	l.learnFlags(rows)
	r.learnRoles(rows)
	l.learnStates(rows)
	l.learnProgress(rows) // "Completion" may be no date
	l.learnDone(rows)
	r.learnDates(rows)
	r.learnMonthDays(rows)
	r.learnShortDays(rows)
	r.learnPacked(rows)
	r.learnDatedTitles(rows)
	r.learnParted(rows)
	r.learnUntitled(rows)
	r.learnUnnamed(rows)
	r.learnPeriods(rows)
	l.learnTitles(rows)
	r.learnLevels(rows)
	r.learnCompleted(rows)
	r.askWorked(rows)
	l.oneOfEach()
	l.learnNumbered(rows)
	r.noteHidden()
	r.noteChart()
	r.noteRepeats(rows)
}

// settle gives the cells of rows what their columns say of them.
func (r learner) settle(rows []row) {
	r.layout.settleLevels(rows)
	r.layout.readMonthDays(rows)
	r.layout.readShortDays(rows)
	r.readPacked(rows)
	r.layout.readParted(rows)
	r.readColours(rows)
	r.layout.readDone(rows)
	r.layout.joinTitles(rows)
	r.layout.withoutAddresses(rows)
	r.layout.withoutPlaceholders(rows)
	r.layout.withoutNumbers(rows)
	r.layout.learnShares(rows)
	r.learnOrder(rows)
}
