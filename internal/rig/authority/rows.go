package authority

import "milepost.dev/domain/civil"

// RowKind names a row of a milestone's moves.
type RowKind string

// The rows there are. Given and those from Slip to Replacement have days; the others stand beside them.
const (
	Given          RowKind = "given"       // the first forecast
	Slip           RowKind = "slip"        //
	Recovery       RowKind = "recovery"    //
	Reconfirmed    RowKind = "reconfirmed" // the same due day again
	AchievedRow    RowKind = "achieved"    // from the last due day to the actual
	RestatedActual RowKind = "achieved-again"
	ReopenedRow    RowKind = "reopened" // from the actual back to the last due day
	Replacement    RowKind = "replaced" // from the inherited first forecast to the last due day of the old one
	OtherSetting   RowKind = "setting"  // the same words, read by another setting; in setting days, not in the sum
	OwedRow        RowKind = "owed"     // no date was promised meanwhile; in no sum
	FromRow        RowKind = "from"     // "from D" in place of a promised day; no days
	Disagrees      RowKind = "disagrees"
	StartRestated  RowKind = "start-restated" // Days is what it would take off
	AmendedRow     RowKind = "amended"        // Was and Is
)

// The marks that a row may carry.
const (
	Precision     = "precision"            // one period holds the other (R12), or the days are "up to n" (R4)
	UpTo          = "up-to"                // the promised day lies inside the actual's period (R4)
	OnTime        = "on-time"              // the actual lies inside the promised period (R4)
	Struck        = "struck"               // a newer actual counts in its place (R4)
	Beside        = "beside"               // an actual earlier than one stated before (R4)
	AfterAchieved = "dated-after-achieved" // it changes no total until the milestone is reopened (R4)
	Overruled     = "settled"              // a reviewer settled the disagreement otherwise (R11)
	InDoubt       = "in-doubt"             // the first forecast is the earliest of several days (R9)
)

// Said is a due day in somebody's name. The zero Said is nobody's.
type Said struct {
	Due      civil.Date
	Period   Span
	Speaker  string
	Position int
}

func said(t *Told) Said {
	if t == nil {
		return Said{}
	}
	return Said{t.Due, t.span(), t.Speaker, t.Position}
}

// Row is one line below a milestone. A derived move names both statements and both speakers (R3).
type Row struct {
	Kind RowKind
	// AsAt is the day that the later of the two statements is about; of OwedRow the day since when.
	AsAt     civil.Date
	From, To Said
	// Days are calendar days from From to To; 0 where Measured is false.
	Days     int
	Measured bool
	// InSum says that the days are part of the total.
	InSum bool
	// By is who told the later one of the two, in the order of telling: it made the move (R3).
	By    string
	Marks []string
	// Was and Is are words, of AmendedRow.
	Was, Is string
}

// between returns the row of a date compared with the one before it, by what the setting of the later one
// makes of the words before it (R10), and the days that the other setting makes; of those there is a row first
// where there are any.
func between(from, to Told) (rows []Row, settingDays int) {
	compared := from
	if from.Setting != to.Setting {
		now := from.Under[to.Setting]
		if from.Words != "" && from.Words == to.Words {
			now = to.Due
		}
		if now != 0 && now != from.Due {
			compared.Due, compared.Period = now, Span{}
			settingDays = from.Due.DaysUntil(now)
			rows = append(rows, Row{
				Kind: OtherSetting, AsAt: to.AsAt, From: said(&from), To: Said{now, Span{now, now}, from.Speaker, from.Position},
				Days: settingDays, Measured: true, By: to.Speaker,
			})
		}
	}
	row := Row{
		Kind: Reconfirmed, AsAt: to.AsAt, From: said(&compared), To: said(&to),
		Days: compared.Due.DaysUntil(to.Due), Measured: true, InSum: true, By: to.Speaker,
	}
	if from.order > to.order {
		row.By = from.Speaker
	}
	switch {
	case row.Days > 0:
		row.Kind = Slip
	case row.Days < 0:
		row.Kind = Recovery
	}
	a, b := compared.span(), to.span()
	if row.Days != 0 && (a.holds(b) || b.holds(a)) {
		row.Marks = append(row.Marks, Precision)
	}
	return append(rows, row), settingDays
}
