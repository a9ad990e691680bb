package page

// wordsView explains the words of the pages.
type wordsView struct{ Words []meaning }

// meaning is a word, and what the pages mean by it.
type meaning struct{ ID, Word, Means string }

// meanings are in the order in which a reader meets them.
func meanings() []meaning {
	return []meaning{
		{"as-it-stood", "As the plan stood on", "What had been stated for that day or an earlier one. A return for March, sent in April, is part of how the plan stood on 31 March."},
		{"as-known", "As we knew it on", "What had been told by then. It never changes: the same day and position show the same page for ever."},
		{"position", "Position", "The number of an event in the ledger. It names exactly what a page knew, and anybody can check the ledger up to it."},
		{"first-forecast", "First forecast", "The first date that was stated for a milestone. Nobody approved it: it is not a baseline."},
		{"baseline", "Baseline", "A date that was approved. The original one is the first; the current one is the last."},
		{"forecast", "Forecast", "The date that holds now, as its reporter stated it last."},
		{"slip", "Slip", "Days from what was first promised, which is the original baseline or else the first forecast, to the date that holds now or, once it is achieved, to the day on which it was. Above 0 is later."},
		{"overdue", "Overdue", "The last day that was promised has passed, and the milestone is not achieved. Taking the date away does not end it."},
		{"no-date", "No date", "No day is in force: none was told, the last one was taken back, or the words promise no day. Where one was promised before, it is still owed."},
		{"to-look-at", "In doubt", "A person has to say what was meant. It stands beside the facts and is in none of their counts."},
		{"candidate", "A sentence that may be a milestone", "It stands in a document outside any table, and names a date. Until somebody accepts it, it is no milestone and in no count."},
		{"not-reported", "Not reported", "A return that was said to be complete left the milestone out, and nothing was heard of it since."},
		{"promised", "Promised", "The original baseline or, where there is none, the first forecast. The page says how many are which."},
		{"exception", "Beyond a tolerance", "The last date is later than the current baseline, or than the first forecast where there is none, by more than was agreed; or it costs more than was approved, by more than was agreed."},
		{"re-baselined", "Re-baselined", "A later date was approved in place of an approved one. The original stays beside it for ever, and slip is measured against it."},
		{"correction", "Correction", "A statement that was a mistake is read otherwise. What was said stays in the ledger, struck through."},
		{"return", "Return", "A day for which at least a quarter of the milestones were spoken of. What systems tell of one milestone alone is not one."},
		{"told-late", "Told late", "Told more than 31 days after the day that it is about."},
	}
}

// explained shows what the words mean.
func explained(*asking) (heading, any, error) {
	return heading{Title: "Words", Crumbs: []crumb{{"Portfolio", "/"}}}, wordsView{meanings()}, nil
}

// accessible shows the accessibility statement.
func accessible(*asking) (heading, any, error) {
	return heading{Title: "Accessibility", Crumbs: []crumb{{"Portfolio", "/"}}}, nil, nil
}
