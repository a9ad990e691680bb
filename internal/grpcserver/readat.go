package grpcserver

import (
	"context"
	"errors"
	"sort"
	"strconv"
	"strings"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/wire"
	"milepost.dev/projections"
)

// waitWithin is how long a question waits for its min_position.
const waitWithin = 10 * time.Second

// times is a ReadAt that was read: which knowledge an answer is to be given from.
type times struct {
	asAt        civil.Date // zero: today
	minPosition uint64
	current     bool // everything that was acknowledged before it was asked is to be known

	// At most one of these is set; everything known now where none is.
	knownPosition *uint64
	knownTime     *time.Time
	knownDay      civil.Date
}

// readTimes reads both times, and gathers everything that is wrong with them.
func readTimes(m *milepostv1.ReadAt) (times, error) {
	t := times{minPosition: m.GetMinPosition(), current: m.GetCurrent()}
	var wrong domain.Refusals
	if text := m.GetAsAt(); text != "" {
		var err error
		if t.asAt, err = civil.Parse(text); err != nil {
			wrong = append(wrong, domain.Refuse(domain.Invalid, RuleAsAt, "read_at.as_at",
				"%.60q is no day. Write the day that the answer is to be about as 2017-03-31.", text))
		}
	}
	if text := m.GetKnownAt(); text != "" && !t.readKnownAt(text) {
		wrong = append(wrong, domain.Refuse(domain.Invalid, RuleKnownAt, "read_at.known_at", notKnownAt, text))
	}
	if len(wrong) > 0 {
		return times{}, wrong
	}
	return t, nil
}

const notKnownAt = "%.60q is neither a position nor a time. Write a position as 1234, a day as 2017-06-01, a time as 2017-06-01T09:30:00Z."

func (t *times) readKnownAt(text string) bool {
	if strings.Trim(text, "0123456789") == "" {
		position, err := strconv.ParseUint(text, 10, 64)
		t.knownPosition = &position
		return err == nil
	}
	if day, err := civil.Parse(text); err == nil {
		t.knownDay = day
		return true
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	t.knownTime = &at
	return err == nil
}

// reader answers from the book.
type reader struct {
	book  *projections.Book
	clock clock.Clock
	of    string // what the clock is called where it is not the world's

	writer Writer // nil where this server writes as long as it runs
}

// waitForTime returns when the book has read what an answer has to know at least.
func (r *reader) waitForTime(ctx context.Context, t times) error {
	position := t.minPosition
	if t.current && r.writer != nil {
		current, err := r.writer.Current(ctx)
		if err != nil {
			return err
		}
		position = max(position, current)
	}
	return r.waitFor(ctx, position)
}

// waitFor returns when the book has read a position.
func (r *reader) waitFor(ctx context.Context, position uint64) error {
	if r.book.Position() >= position {
		return nil
	}
	within, cancel := context.WithTimeout(ctx, waitWithin)
	defer cancel()
	err := r.book.Wait(within, position)
	var stopped *projections.Poison
	if err == nil || errors.As(err, &stopped) {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return unavailable(RuleNotReadYet, time.Second, false,
		"Position %d has not been read yet: this server knows %d positions. Ask again in a moment; where the position came from another server, ask that one. If a receipt for it was given here, this ledger has lost something: tell whoever runs the server.", position, r.book.Position())
}

// view finds what was known. Days end in the given place.
func (r *reader) view(ctx context.Context, t times, where *time.Location) (projections.View, error) {
	if err := r.waitForTime(ctx, t); err != nil {
		return projections.View{}, err
	}
	switch {
	case t.knownPosition != nil:
		view, ok := r.book.KnownAt(*t.knownPosition)
		if !ok {
			return view, domain.Refuse(domain.Refused, RuleKnownAtFuture, "read_at.known_at",
				"Position %d has not come: the last one is %d. Ask for that one, or leave known_at out for everything known now.", *t.knownPosition, r.book.Position())
		}
		return view, nil
	case !t.knownDay.IsZero():
		return r.book.KnownAtTime(endOf(t.knownDay, where)), nil
	case t.knownTime != nil:
		return r.book.KnownAtTime(*t.knownTime), nil
	}
	return r.book.Now(), nil
}

// endOf is the last moment of a day, to the microsecond in which the ledger counts. It is looked for and
// not worked out: where clocks change at midnight the next day may have no 00:00, or two.
func endOf(day civil.Date, where *time.Location) time.Time {
	const around = 24 * time.Hour // more than any place is from UTC
	from := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, time.UTC).Add(-around)
	seconds := sort.Search(int(2*around/time.Second), func(i int) bool {
		return civil.OfTime(from.Add(time.Duration(i)*time.Second), where).After(day)
	})
	return from.Add(time.Duration(seconds)*time.Second - time.Microsecond)
}

func (r *reader) today(where *time.Location) civil.Date { return civil.OfTime(r.clock.Now(), where) }

// known is a plan as it was known, and the day that the answer is about.
type known struct {
	plan projections.Plan
	view projections.View
	asAt civil.Date
	by   string // the clock that today is by, where it is not the world's
	page page   // where the answer begins; the zero page is the beginning
}

// plan finds a plan with the times that were asked for or, on a later page, with those of the first.
func (r *reader) plan(ctx context.Context, id string, at *milepostv1.ReadAt, token string, q question) (known, error) {
	t, err := readTimes(at)
	if err != nil {
		return known{}, err
	}
	k := known{by: r.of}
	if token != "" {
		if k.page, err = readPage(token, q); err != nil {
			return known{}, err
		}
		t = k.page.times()
	}
	if err := r.waitForTime(ctx, t); err != nil {
		return known{}, err
	}
	t.current = false // it is, from here on
	find := projections.View.Plan
	if id == plan.OfLedger { // of which there may be nothing
		find = func(v projections.View, _ string) (projections.Plan, bool) { return v.Ledger() }
	}
	now, ok := find(r.book.Now(), id)
	if !ok {
		return known{}, domain.Refuse(domain.NotFound, plan.RuleUnknown, "plan",
			"There is no plan %q. Check its id: `milepost plans` lists them.", id)
	}
	if k.view, err = r.view(ctx, t, now.Location); err != nil {
		return known{}, err
	}
	if k.plan, ok = find(k.view, id); !ok {
		return known{}, domain.Refuse(domain.NotFound, plan.RuleUnknown, "plan",
			"Plan %q was not known yet at position %d. Ask for a later known_at.", id, k.view.Position)
	}
	if k.asAt = t.asAt; k.asAt.IsZero() {
		k.asAt = r.today(k.plan.Location)
	}
	return k, nil
}

// times are those that the first page was given for.
func (p page) times() times {
	return times{asAt: p.asAt, minPosition: p.position, knownPosition: &p.position}
}

func (k known) spokenFor() *milepostv1.SpokenFor {
	return &milepostv1.SpokenFor{Position: k.view.Position, AsAt: k.asAt.String(), Losses: wire.Losses(k.view), Clock: k.by, Rules: figures.Rules}
}

// defaultZone is where days end in answers about several plans.
func defaultZone() *time.Location {
	where, err := time.LoadLocation(plan.DefaultTimeZone)
	if err != nil { // a machine without time zones; plans could not be registered either
		return time.UTC
	}
	return where
}
