package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

// How many events each round adds to a ledger: a number and no time, so that what a ledger of a size costs is of that size.
const (
	grownSingle = 8000
	grownPushed = 16_000
)

// LeastSize is the smallest ledger that commands are measured on.
const LeastSize = 500

// growing is ledgers of several sizes, each with its server.
type growing struct {
	*bench
	dirs   []string
	grown  []Grown
	plans  int
	each   int
	single int // events of a round by callers, and by streams
	pushed int
}

// growth measures commands on ledgers of several sizes, in turns.
func (b *bench) growth(ctx context.Context) (err error) {
	g := &growing{bench: b, plans: b.Plans, each: b.Each, single: grownSingle, pushed: grownPushed}
	if least := slices.Min(b.Sizes) / (2 * b.Rounds); g.single+g.pushed > least { // else a small ledger would grow by more than it is
		g.single, g.pushed = least/3, least*2/3
	}
	if err := g.make(ctx); err != nil {
		return err
	}
	var turns []turn
	defer func() {
		for _, t := range turns {
			err = errors.Join(err, t.server.Close())
		}
	}()
	for i, dir := range g.dirs {
		s, err := b.durable(ctx, dir)
		if err != nil {
			return err
		}
		turns = append(turns, turn{fmt.Sprint(i, "-"), s})
	}
	for _, kind := range []string{frozenTurn, bareTurn} {
		s, err := b.echo(ctx, kind)
		if err != nil {
			return err
		}
		turns = append(turns, turn{kind, s})
	}
	all := results{}
	for round := range b.Rounds {
		b.say("round %d of %d on ledgers of %d events", round+1, b.Rounds, b.Sizes)
		slices.Reverse(turns)
		if err := g.round(ctx, turns, round, all); err != nil {
			return err
		}
	}
	late, err := g.late(ctx, turns[slices.IndexFunc(turns, func(t turn) bool { return t.name == "0-" })].server)
	if err != nil {
		return err
	}
	g.sum(all, late)
	return nil
}

// make pushes one ledger, and keeps a copy of it at each size: as many events less as the rounds will add until half of them are over.
func (g *growing) make(ctx context.Context) error {
	dir := filepath.Join(g.dir, "growing")
	has := g.plans * (g.each + 1)
	for i, size := range g.Sizes {
		g.say("pushing up to %d events", size)
		c, err := g.serve(ctx, dir)
		if err != nil {
			return err
		}
		grown, err := g.grow(ctx, c, i, has, size)
		if err != nil {
			return errors.Join(err, c.kill())
		}
		if err := c.stop(); err != nil {
			return err
		}
		has = size
		g.grown = append(g.grown, grown)
		kept := fmt.Sprint(dir, "-", size)
		if err := os.CopyFS(kept, os.DirFS(dir)); err != nil {
			return fmt.Errorf("copy a ledger: %w", err)
		}
		g.dirs = append(g.dirs, kept)
	}
	return os.RemoveAll(dir)
}

// grow pushes until a ledger has so many events.
func (g *growing) grow(ctx context.Context, c *child, i, has, size int) (Grown, error) {
	if i == 0 {
		if err := prepare(ctx, c.commands(0), statements("", 7, g.plans, g.each).begin(firstDay().Format(time.DateOnly))); err != nil {
			return Grown{}, err
		}
	}
	short := g.Rounds * (g.single + g.pushed) / 2
	most := max(size-has, pushStreams)
	if i == 0 {
		most = max(most-short, most/2)
	}
	before, started := c.written(), time.Now()
	if _, err := pushed(ctx, c.server, load{callers: pushStreams, most: most}, func(stream int) func() *pb.SubmitRequest {
		return g.mixed(fmt.Sprint("g", i, "-", stream, "-"), uint64(1000*i+stream), i, max(1, most/pushStreams))
	}); err != nil {
		return Grown{}, err
	}
	took, written := time.Since(started), c.written()-before
	rss, err := atRestRSS(ctx, c, min(quietFor, time.Duration(size)*quietFor/10_000))
	return Grown{
		Events: size, BytesWritten: float64(written) / float64(most), PushedPerS: float64(most) / took.Seconds(), RSSMB: float64(rss) / 1e6,
	}, err
}

// mixed makes statements of all kinds over a part of the programme's years, 2 in 100 of them late by 40 days.
func (g *growing) mixed(prefix string, seed uint64, part, of int) func() *pb.SubmitRequest {
	says := statements(prefix, seed, g.plans, g.each)
	says.words = true
	says.asAt = func(n int) time.Time {
		days := years * 365 * (part*of + min(n, of)) / ((len(g.Sizes) + 1) * of)
		if n%50 == 0 {
			days = max(0, days-40)
		}
		return firstDay().AddDate(0, 0, days)
	}
	return says.mixed
}

func (g *growing) round(ctx context.Context, turns []turn, round int, all results) error {
	callers, streams := slices.Max(g.Callers), slices.Max(g.Streams)
	for _, t := range turns {
		m, err := single(ctx, t.server, load{callers: callers, most: g.single}, func(caller int) *said {
			return statements(fmt.Sprint("gu", round, "-", caller, "-"), uint64(round*1000+caller), g.plans, g.each)
		})
		if err != nil {
			return fmt.Errorf("%s, %d callers: %w", t.name, callers, err)
		}
		all.note(m, "unary", t.name)
		m, err = pushed(ctx, t.server, load{callers: streams, most: g.pushed}, func(stream int) func() *pb.SubmitRequest {
			return statements(fmt.Sprint("gp", round, "-", stream, "-"), uint64(round*1000+stream), g.plans, g.each).next
		})
		if err != nil {
			return fmt.Errorf("%s, %d streams: %w", t.name, streams, err)
		}
		all.note(m, "push", t.name)
	}
	return nil
}

func (g *growing) sum(all results, late *Late) {
	turned := func(way string, i int) []measured { return all[fmt.Sprint(way, i, "-")] }
	for i := range g.grown {
		g.grown[i].Unary = beside(turned("unary", i), all["unary"+frozenTurn], all["unary"+bareTurn])
		g.grown[i].Push = beside(turned("push", i), all["push"+frozenTurn], all["push"+bareTurn])
	}
	last := len(g.grown) - 1
	g.report.Growth = &Growth{
		Ledgers: g.grown, Late: late,
		UnaryRise: over(cpu, turned("unary", last), turned("unary", 0)), PushRise: over(cpu, turned("push", last), turned("push", 0)),
	}
}
