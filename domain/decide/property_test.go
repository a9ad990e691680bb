package decide

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// Few milestones and few days, so that statements meet: of several days, late, and for the same day.
var (
	refs     = rapid.SampledFrom([]string{"A", "B", "C", "D"})
	someDays = rapid.Map(rapid.IntRange(0, 6), spectext.Day("2017-03-01").AddDays)
	someText = rapid.SampledFrom([]string{"", "a", "b"})
	dates    = rapid.Map(rapid.SampledFrom([]string{"2017-09", "2017-12-31", "TBC", "ongoing"}), spectext.Reading)
)

// links are commands about dependencies.
func links() *rapid.Generator[milestone.Command] {
	return rapid.Custom(func(t *rapid.T) milestone.Command {
		on := refs.Draw(t, "on")
		if rapid.IntRange(0, 3).Draw(t, "unlink") == 0 {
			return milestone.UnlinkDependency{On: on}
		}
		return milestone.LinkDependency{On: on, LagDays: rapid.IntRange(0, 1).Draw(t, "lag")}
	})
}

// several are commands that may come to events of several milestones.
func several() *rapid.Generator[milestone.Command] {
	return rapid.Custom(func(t *rapid.T) milestone.Command {
		if rapid.IntRange(0, 3).Draw(t, "recurs") == 0 {
			return milestone.DefineRecurrence{
				RRule: rapid.SampledFrom([]string{"FREQ=MONTHLY", "FREQ=WEEKLY;BYDAY=MO"}).Draw(t, "rule"),
				Start: rapid.SampledFrom([]civil.Date{0, spectext.Day("2017-03-04")}).Draw(t, "start"),
				End:   spectext.Day(rapid.SampledFrom([]string{"2017-04-05", "2017-05-05"}).Draw(t, "end")),
				Words: someText.Draw(t, "words"),
			}
		}
		c := milestone.SettleReview{
			Item:   rapid.SampledFrom([]string{"ref:unsure-match", "title:several-actions", "delivery_date:unreadable"}).Draw(t, "item"),
			Reason: someText.Draw(t, "reason"),
		}
		parts := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B", "C", "P1", "P2"}), 2, 3, rapid.ID[string]).Draw(t, "parts")
		switch rapid.IntRange(0, 2).Draw(t, "outcome") {
		case 0:
			c.Outcome = milestone.Accepted
		case 1:
			c.Outcome = milestone.Split
			for _, ref := range parts {
				part := milestone.Part{Ref: ref, Title: "Part " + ref}
				if rapid.Bool().Draw(t, "dated") {
					part.Delivery = dates.Draw(t, "date")
				}
				c.Parts = append(c.Parts, part)
			}
		default:
			c.Outcome = milestone.Paired
			for _, ref := range parts {
				c.Parts = append(c.Parts, milestone.Part{Ref: ref, Delivery: dates.Draw(t, "date")})
			}
		}
		return c
	})
}

// others are commands about one milestone that the ones above build on.
func others() *rapid.Generator[milestone.Command] {
	return rapid.Custom(func(t *rapid.T) milestone.Command {
		return rapid.SampledFrom([]milestone.Command{
			milestone.StateDate{Delivery: dates.Draw(t, "date")},
			milestone.StateDate{Delivery: spectext.Reading("31/02/2017")},
			milestone.ChangeOwner{To: milestone.Party(rapid.SampledFrom([]string{"Estates", "Digital"}).Draw(t, "owner"))},
			milestone.RaiseReview{Reason: "several-actions", Field: "title", Text: someText.Draw(t, "text")},
			milestone.RaiseReview{Reason: "unsure-match", Field: milestone.FieldRef, Proposed: refs.Draw(t, "same as")},
			milestone.StateSource{Document: "plan.csv", Cells: []milestone.Cell{{Field: "title", Row: 1, Column: 1}}},
			milestone.Cancel{},
			milestone.Reopen{},
			milestone.Achieve{Actual: spectext.Reading("2017-03-01")},
		}).Draw(t, "other")
	})
}

// command is one of any kind about any milestone for any day.
type command struct {
	ref  string
	cmd  milestone.Command
	asAt civil.Date
}

func commands() *rapid.Generator[command] {
	return rapid.Custom(func(t *rapid.T) command {
		c := command{refs.Draw(t, "ref"), rapid.OneOf(links(), several(), others(), others()).Draw(t, "command"), someDays.Draw(t, "as at")}
		if rapid.IntRange(0, 9).Draw(t, "begins") == 0 {
			c.cmd = milestone.Add{Ref: c.ref, Title: someText.Draw(t, "title")}
		}
		return c
	})
}

func (c command) decide(w World) ([]Effect, error) {
	if refused := milestone.Check(c.cmd); len(refused) > 0 {
		return nil, refused
	}
	return Decide(nil, w, c.ref, c.cmd, Facts{AsAt: c.asAt, Today: spectext.Day("2018-01-01")})
}

// raised are the items that the commands of several settle, so that they are not all refused.
func raised(ref string) (effects []Effect) {
	for _, r := range []milestone.ReviewRaised{
		{Item: "title:several-actions", Reason: "several-actions", Field: "title", Text: "a"},
		{Item: "ref:unsure-match", Reason: "unsure-match", Field: milestone.FieldRef, Text: "a", Proposed: "B"},
	} {
		effects = append(effects, Effect{Ref: ref, Event: r})
	}
	return append(effects, Effect{Ref: ref, Event: milestone.Unread{Delivery: spectext.Reading("31/02/2017")}})
}

// plans are what commands in any order come to.
func plans() *rapid.Generator[known] {
	return rapid.Custom(func(t *rapid.T) known {
		k := known{}
		for _, ref := range []string{"A", "B", "C"} { // and no D
			asAt := someDays.Draw(t, "added")
			k = k.with([]Effect{{Ref: ref, Event: milestone.Added{Ref: ref, Title: ref}}}, asAt)
			if rapid.Bool().Draw(t, "raised") {
				k = k.with(raised(ref), asAt)
			}
		}
		for _, c := range rapid.SliceOfN(commands(), 0, 12).Draw(t, "commands") {
			if effects, err := c.decide(k); err == nil {
				k = k.with(effects, c.asAt)
			}
		}
		return k
	})
}

// Reporters that do not know whether they were heard say it again, and are neither recorded twice nor refused.
func TestDecidingTwiceAddsNothing(t *testing.T) {
	decided := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		k, c := plans().Draw(t, "plan"), command{refs.Draw(t, "ref"), rapid.OneOf(several(), several(), links()).Draw(t, "command"), someDays.Draw(t, "as at")}
		if _, settles := c.cmd.(milestone.SettleReview); settles && k.ByRef(c.ref).Exists() {
			k = k.with(raised(c.ref), c.asAt) // or it would be refused nearly always
		}
		effects, err := c.decide(k)
		if err != nil {
			return
		}
		if again, err := c.decide(k.with(effects, c.asAt)); err != nil || len(again) > 0 {
			t.Fatalf("on\n%s\n%s %#v as at %s\ncame to\n%s\nand then to\n%s\n%v", k, c.ref, c.cmd, c.asAt,
				strings.Join(showAll(effects), "\n"), strings.Join(showAll(again), "\n"), err)
		}
		if about := milestones(effects); about > 1 {
			decided[fmt.Sprintf("%T", c.cmd)]++
		}
	})
	for _, kind := range []string{"milestone.DefineRecurrence", "milestone.SettleReview"} {
		if decided[kind] == 0 {
			t.Errorf("no %s came to events of several milestones, and nothing was tried", kind)
		}
	}
}

func milestones(effects []Effect) int {
	about := map[string]bool{}
	for _, e := range effects {
		about[e.Ref] = true
	}
	return len(about)
}

func (k known) String() string {
	var lines []string
	for ref, statements := range k {
		for _, s := range statements {
			lines = append(lines, fmt.Sprintf("%04d %s %s %s", s.Position, s.AsAt, ref, spectext.Show(s.Event)))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Whatever is stated, for whatever days and in whatever order: no day ever sees a circle.
func TestNoDayEverSeesACircle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := plans().Draw(t, "plan")
		for _, c := range rapid.SliceOfN(rapid.Custom(func(t *rapid.T) command {
			return command{refs.Draw(t, "ref"), links().Draw(t, "link"), someDays.Draw(t, "as at")}
		}), 1, 20).Draw(t, "links") {
			if effects, err := c.decide(k); err == nil {
				k = k.with(effects, c.asAt)
			}
		}
		for day := spectext.Day("2017-02-28"); day <= spectext.Day("2017-03-08"); day++ {
			for ref := range k {
				if path := k.circle(day, ref, ref); path != "" {
					t.Fatalf("on %s there is a circle: %s\n%s", day, path, k)
				}
			}
		}
	})
}

// circle follows all links from a milestone on a day, and returns the way that leads to one that it has passed.
func (k known) circle(day civil.Date, ref, path string) string {
	for _, l := range k.ByRef(ref).At(day).Known().DependsOn {
		next, _ := k.ByID(l.On)
		on := next.(told).ref
		longer := path + " " + on
		if slices.Contains(strings.Fields(path), on) {
			return longer
		}
		if found := k.circle(day, on, longer); found != "" {
			return found
		}
	}
	return ""
}

// What a step is decided on is what it would be if the steps before it were recorded.
func TestAStepSeesTheStepsBeforeIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, asAt := plans().Draw(t, "plan"), someDays.Draw(t, "as at")
		facts := Facts{AsAt: asAt, Today: spectext.Day("2018-01-01")}
		d, recorded := &decision{world: k, facts: facts}, k
		for _, c := range rapid.SliceOfN(commands(), 1, 6).Draw(t, "steps") {
			if link, ok := c.cmd.(milestone.LinkDependency); len(milestone.Check(c.cmd)) > 0 || ok && !k.ByRef(link.On).Exists() {
				continue // one that the steps begin has no id yet
			}
			before := len(d.effects)
			err := d.step(c.ref, c.cmd)
			alone := &decision{world: recorded, facts: facts}
			wanted := alone.step(c.ref, c.cmd)
			if !reflect.DeepEqual(err, wanted) || !slices.Equal(showAll(d.effects[before:]), showAll(alone.effects)) {
				t.Fatalf("on\n%s\nwith\n%s\n%s %#v came to %v, %v, and recorded to %v, %v", k, strings.Join(showAll(d.effects[:before]), "\n"),
					c.ref, c.cmd, showAll(d.effects[before:]), err, showAll(alone.effects), wanted)
			}
			recorded = recorded.with(alone.effects, asAt)
			for ref := range recorded {
				laid, want := d.byRef(ref), recorded.ByRef(ref)
				if laid.Exists() != want.Exists() || !reflect.DeepEqual(laid.Newest(), want.Newest()) {
					t.Fatalf("%s is\n%+v\nand recorded\n%+v", ref, laid.Newest(), want.Newest())
				}
				for _, day := range []civil.Date{asAt, someDays.Draw(t, "day")} {
					if !reflect.DeepEqual(laid.At(day), want.At(day)) {
						t.Fatalf("as at %s %s is\n%+v\nand recorded\n%+v", day, ref, laid.At(day), want.At(day))
					}
				}
			}
		}
	})
}

// No command links milestones in several steps so far; one that does is held to the same rule.
func TestStepsOfOneCommandMakeNoCircle(t *testing.T) {
	k := known{}
	for _, ref := range []string{"A", "B", "C"} {
		k = k.with([]Effect{{Ref: ref, Event: milestone.Added{Ref: ref, Title: ref}}}, spectext.Day("2017-03-01"))
	}
	d := &decision{world: k, facts: Facts{AsAt: spectext.Day("2017-03-01"), Today: spectext.Day("2018-01-01")}}
	for _, link := range [][2]string{{"A", "B"}, {"B", "C"}} {
		if err := d.step(link[0], milestone.LinkDependency{On: link[1]}); err != nil {
			t.Fatal(err)
		}
	}
	var refused *domain.Refusal
	if err := d.step("C", milestone.LinkDependency{On: "A"}); !errors.As(err, &refused) || refused.Rule != milestone.RuleDependencyCircle {
		t.Errorf("the third link came to %v, %v", showAll(d.effects), err)
	}
}
