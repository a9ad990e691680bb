package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore/embedded/rawpublish"
)

const (
	// publishers is how many publish at once where one is not enough.
	publishers = 256
	// manyTogether is how many requests there are in a message, where there are several.
	manyTogether = 32
)

// turn is one of those that are compared.
type turn struct {
	name   string
	server *server
}

// Names of those that are compared.
const (
	durableTurn = "durable"
	frozenTurn  = "frozen"
	bareTurn    = "bare"
)

// results are what was measured in each round, by a key that names what.
type results map[string][]measured

func (r results) note(m measured, key ...any) {
	name := fmt.Sprint(key...)
	r[name] = append(r[name], m)
}

// rounds measures everything that is compared with something else, in turns.
func (b *bench) rounds(ctx context.Context) (err error) {
	s, err := b.open(ctx, filepath.Join(b.dir, "durable"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := prepare(ctx, s.durable.commands(0), statements("", 0, b.Plans, b.Each).begin("")); err != nil {
		return err
	}
	all := results{}
	turns := []turn{{durableTurn, s.durable}, {frozenTurn, s.frozen}, {bareTurn, s.bare}}
	for round := range b.Rounds {
		b.say("round %d of %d", round+1, b.Rounds)
		slices.Reverse(turns) // none is always the first
		for _, part := range []struct {
			name string
			run  func(context.Context, []turn, int, results) error
		}{{PartUnary, b.unaryRound}, {PartPush, b.pushRound}, {PartPublish, b.publishRound}} {
			if !b.has(part.name) {
				continue
			}
			if err := part.run(ctx, turns, round, all); err != nil {
				return err
			}
		}
	}
	b.sum(all)
	return nil
}

func (b *bench) unaryRound(ctx context.Context, turns []turn, round int, all results) error {
	for _, callers := range b.Callers {
		for _, t := range turns {
			m, err := single(ctx, t.server, load{callers: callers, d: b.For}, func(caller int) *said {
				return statements(fmt.Sprint("u", round, "-", callers, "-", caller, "-"), uint64(round*1000+caller), b.Plans, b.Each)
			})
			if err != nil {
				return fmt.Errorf("%s, %d callers: %w", t.name, callers, err)
			}
			all.note(m, t.name, callers)
		}
	}
	return nil
}

// pushes are the ways in which a round pushes: by so many streams with one request in a message, and by most of them with several.
func (b *bench) pushes() (all []load) {
	for _, streams := range b.Streams {
		all = append(all, load{callers: streams, together: 1, d: b.For})
	}
	return append(all, load{callers: slices.Max(b.Streams), together: manyTogether, d: b.For})
}

func (b *bench) pushRound(ctx context.Context, turns []turn, round int, all results) error {
	for _, l := range b.pushes() {
		for _, t := range turns {
			m, err := pushed(ctx, t.server, l, func(stream int) func() *pb.SubmitRequest {
				prefix := fmt.Sprint("p", round, "-", l.callers, "-", l.together, "-", stream, "-")
				return statements(prefix, uint64(round*1000+stream+100*l.together), b.Plans, b.Each).next
			})
			if err != nil {
				return fmt.Errorf("%s, %d streams: %w", t.name, l.callers, err)
			}
			all.note(m, "push", t.name, l.callers, "-", l.together)
		}
	}
	return nil
}

func (b *bench) publishRound(ctx context.Context, _ []turn, round int, all results) error {
	for _, n := range []int{1, publishers} {
		r, err := rawpublish.Run(ctx, filepath.Join(b.dir, fmt.Sprint("publish-", round, "-", n)), n, requestBytes, b.For)
		if err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		all.note(measured{
			perS: float64(len(r.Times)) / r.Took.Seconds(), p50: quantile(r.Times, 0.5), p99: quantile(r.Times, 0.99),
		}, "publish", n)
	}
	return nil
}
