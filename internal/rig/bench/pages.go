package bench

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/node"
)

// Pages are what pages cost, each figure beside what it may come to.
type Pages struct {
	Plans      int      `json:"plans"`
	Milestones int      `json:"milestones"` // of the large plan
	Budgets    []Budget `json:"budgets"`
}

// Budget is a figure, and what it may come to at most.
type Budget struct {
	Name   string  `json:"name"`
	Figure float64 `json:"figure"`
	Target float64 `json:"target"`
	Unit   string  `json:"unit"`
}

const (
	smallPlan  = 60  // milestones of every plan but the large one
	reports    = 24  // days that the first plan was reported for
	loadPlans  = 10  // plans that events are stated about while viewers look
	loadPerS   = 500 // events a second
	manyMoves  = 300
	pageRounds = 7 // of each page that is timed; the median counts
)

// viewing is a server with its pages, and what is known of it.
type viewing struct {
	*bench
	*server
	at     string
	http   *http.Client
	pages  *Pages
	said   int
	talked int // statements about each plan while viewers look, and while nobody does
}

// pages measures what pages cost: on the wire, and on the server that makes them.
func (b *bench) pages(ctx context.Context) (err error) {
	b.say("making %d plans of %d milestones, and one of %d", b.Viewed, smallPlan, b.Large)
	s, site, err := b.visited(ctx, filepath.Join(b.dir, "pages"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 300} // what goes over the wire is what is counted
	defer transport.CloseIdleConnections()
	v := &viewing{bench: b, server: s, at: "http://" + site, http: &http.Client{Transport: transport}, pages: &Pages{Plans: b.Viewed, Milestones: b.Large}}
	if err := v.fill(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{v.sizes, v.times, v.oneChange, v.crowd} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	b.report.Pages = v.pages
	return nil
}

// visited starts a server that has pages, in a process of its own unless a profile is to show it, and says at which address they are.
func (b *bench) visited(ctx context.Context, dir string) (_ *server, site string, err error) {
	if !b.OneProcess {
		c, err := b.serve(ctx, dir)
		if err != nil {
			return nil, "", err
		}
		site = c.site
		return c.asServer(c.stop), site, nil
	}
	n, err := node.Start(ctx, node.Config{Data: dir, Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", User: "bench", Software: b.Software})
	if err != nil {
		return nil, "", err
	}
	s := &server{cpu: cpuTime, close: func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
		defer cancel()
		return n.Close(ctx)
	}}
	if s.conns, err = connect(n.GRPCAddr(), n.LocalToken()); err != nil {
		return nil, "", errors.Join(err, s.Close())
	}
	return s, n.HTTPAddr(), nil
}

func (v *viewing) note(name string, figure, target float64, unit string) {
	v.pages.Budgets = append(v.pages.Budgets, Budget{name, figure, target, unit})
}

// state states facts about a plan, as many as fit at once.
func (v *viewing) state(ctx context.Context, plan string, commands ...*pb.Command) (position uint64, err error) {
	for batch := range slices.Chunk(commands, 500) {
		v.said++
		answer, err := v.commands(0).Submit(ctx, &pb.SubmitRequest{RequestId: fmt.Sprint("pages-", v.said), Plan: plan, Commands: batch})
		if err != nil {
			return 0, err
		}
		position = answer.GetReceipt().GetPosition()
	}
	return position, nil
}

func dated(ref, asAt, day, why string) *pb.Command {
	return &pb.Command{AsAt: asAt, Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{Ref: ref, DeliveryDate: day, Reason: why}}}
}

// planOf begins a plan of so many milestones, each with a date.
func planOf(name string, milestones int) []*pb.Command {
	commands := []*pb.Command{{AsAt: "2023-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: name}}}}
	for i := range milestones {
		commands = append(commands, &pb.Command{AsAt: "2023-01-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{
			Ref: ref(i), Title: fmt.Sprintf("Milestone %d of the plan opens its doors", i), Workstream: []string{"Estates", "Digital", "Workforce", "Prevention"}[i%4],
		}}}, dated(ref(i), "2023-01-31", fmt.Sprintf("%d-%02d-%02d", 2025+i%4, 1+i%12, 1+i%28), ""))
	}
	return commands
}

// fill makes the plans: many small ones, of which the first was reported for every month and has a milestone that moved often, and a large one.
func (v *viewing) fill(ctx context.Context) error {
	for i := range v.Viewed {
		if _, err := v.state(ctx, planID(i), planOf(fmt.Sprint("Plan ", i), smallPlan)...); err != nil {
			return err
		}
	}
	day := time.Date(2023, 2, 28, 0, 0, 0, 0, time.UTC)
	for report := range reports {
		var all []*pb.Command
		for i := range smallPlan {
			all = append(all, dated(ref(i), day.Format(time.DateOnly), fmt.Sprintf("%d-%02d-%02d", 2025+i%4, 1+(i+(report+i)/6)%12, 1+i%28), "The builder is late"))
		}
		if _, err := v.state(ctx, planID(0), all...); err != nil {
			return err
		}
		day = day.AddDate(0, 1, 0)
	}
	var moves []*pb.Command
	for i := range manyMoves {
		moves = append(moves, dated(ref(1), day.AddDate(0, 0, i).Format(time.DateOnly), fmt.Sprintf("%d-%02d-15", 2027+i%3, 1+i%11), "again"))
	}
	if _, err := v.state(ctx, planID(1), moves...); err != nil {
		return err
	}
	_, err := v.state(ctx, "large", planOf("The large plan", v.Large)...)
	return err
}

// get is an answer as it came over the wire, and as it is read.
func (v *viewing) get(ctx context.Context, path string) (wire int, body string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.at+path, nil)
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := v.http.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, "", fmt.Errorf("bench: %s: %s", path, answer.Status)
	}
	counted := &counting{Reader: answer.Body}
	var from io.Reader = counted
	if answer.Header.Get("Content-Encoding") == "gzip" {
		if from, err = gzip.NewReader(counted); err != nil {
			return 0, "", err
		}
	}
	text, err := io.ReadAll(from)
	return int(counted.n.Load()), string(text), err
}

// counting counts what is read through it.
type counting struct {
	io.Reader
	n atomic.Int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

var (
	loaded = regexp.MustCompile(`(?:src|href)="(/static/[^"]+)"`)
	stops  = regexp.MustCompile(`<(?:a |button|input|select|summary|textarea)|tabindex="0"`)
)

// sizes measures what goes over the wire.
func (v *viewing) sizes(ctx context.Context) error {
	const kb = 1024.0
	for _, of := range []struct {
		what         string
		path         string
		first, later float64
	}{{"plan of 60", "/plans/" + planID(0), 30, 12}, {fmt.Sprintf("list of %d", v.Large), "/plans/large/milestones", 45, 25}} {
		wire, body, err := v.get(ctx, of.path)
		if err != nil {
			return err
		}
		seen, scripts := map[string]bool{}, 0
		first := wire
		for _, asset := range loaded.FindAllStringSubmatch(body, -1) {
			if seen[asset[1]] {
				continue
			}
			seen[asset[1]] = true
			n, _, err := v.get(ctx, asset[1])
			if err != nil {
				return err
			}
			first += n
			if strings.Contains(asset[1], ".js") {
				scripts += n
			}
		}
		v.note("first visit, "+of.what, float64(first)/kb, of.first, "KB")
		v.note("a later page, "+of.what, float64(wire)/kb, of.later, "KB")
		if of.later < 20 {
			v.note("requests of a first visit, with its stream", float64(len(seen)+2), 6, "")
			v.note("scripts", float64(scripts)/kb, 8, "KB")
			continue
		}
		before, _, _ := strings.Cut(body, `<tbody role="rowgroup" id="rows"`)
		all := len(stops.FindAllString(before, -1))
		if skip := strings.Index(before, `href="#rows"`); skip >= 0 { // which leads behind all that stands before the list
			all = len(stops.FindAllString(before[:skip+len(`href="#rows"`)], -1))
		}
		v.note("tab stops before the first milestone of a list", float64(all), 20, "")
		v.note("tab stops of a list of 100", float64(len(stops.FindAllString(body, -1))), 150, "")
	}
	_, drawing, err := v.get(ctx, "/plans/"+planID(0)+"/trend.svg?window=24")
	if err != nil {
		return err
	}
	v.note("trend of 12 lines over 24 reports", float64(len(drawing))/kb, 12, "KB")
	_, often, err := v.get(ctx, "/plans/"+planID(1)+"/milestones/"+ref(1))
	v.note(fmt.Sprintf("milestone with %d moves", manyMoves), float64(len(often))/kb, 80, "KB")
	return err
}

// times measures how long pages take to be made, each after something was said: nothing of it can be remembered.
func (v *viewing) times(ctx context.Context) error {
	for _, of := range []struct {
		what, plan, path string
		target           float64
	}{
		{fmt.Sprintf("made: list of %d", v.Large), "large", "/plans/large/milestones", 60},
		{"made: board of 60", planID(0), "/plans/" + planID(0), 80},
		{fmt.Sprintf("made: portfolio of %d plans", v.Viewed+1), planID(1), "/", 60},
		{"made: trend of 12 lines over 24 reports, the whole page", planID(0), "/plans/" + planID(0) + "/trend?window=24", 0},
	} {
		var took []float64
		for i := range pageRounds {
			if _, err := v.state(ctx, of.plan, dated(ref(3), "2026-06-01", fmt.Sprintf("2027-%02d-%02d", 1+i, 1+len(of.what)%28), "")); err != nil {
				return err
			}
			begun := time.Now()
			if _, _, err := v.get(ctx, of.path); err != nil {
				return err
			}
			took = append(took, ms(time.Since(begun)))
		}
		v.note(of.what, median(took), of.target, "ms")
	}
	return nil
}

// look opens the stream of a page that shows a position, and hands each frame's position to seen, until the context ends.
func (v *viewing) look(ctx context.Context, path string, count *counting, seen func(position uint64, at time.Time)) error {
	_, body, err := v.get(ctx, path)
	if err != nil {
		return err
	}
	position := strings.SplitN(strings.SplitN(body+`data-position=""`, `data-position="`, 2)[1], `"`, 2)[0]
	made := strings.SplitN(strings.SplitN(body+`data-made=""`, `data-made="`, 2)[1], `"`, 2)[0]
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.at+"/live"+path+"?after="+position+"&made="+made, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := v.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("bench: the stream of %s: %s", path, answer.Status)
	}
	count.Reader = answer.Body
	unpacked, err := gzip.NewReader(count)
	if err != nil {
		return err
	}
	seen(0, time.Now())
	for lines := bufio.NewReader(unpacked); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil // the context ended, and with it the stream
		}
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			if at, err := strconv.ParseUint(strings.TrimSpace(id), 10, 64); err == nil {
				seen(at, time.Now())
			}
		}
	}
}

// oneChange measures what a change of one milestone of many costs one viewer, and how soon it is there on a quiet server.
func (v *viewing) oneChange(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	count := &counting{}
	type sight struct {
		position uint64
		at       time.Time
		bytes    int
	}
	sights, failed := make(chan sight, 100), make(chan error, 1)
	running.Go(func() {
		failed <- v.look(ctx, "/plans/large/milestones", count, func(position uint64, at time.Time) { sights <- sight{position, at, int(count.n.Load())} })
	})
	var sizes, took []float64
	before := 0
	for i := -1; i < pageRounds; i++ {
		var position uint64
		begun := time.Now()
		if i >= 0 {
			var err error
			if position, err = v.state(ctx, "large", dated(ref(3), "2026-07-01", fmt.Sprintf("2027-%02d-20", 1+i), "")); err != nil {
				return err
			}
		}
		for {
			var s sight
			select {
			case s = <-sights:
			case err := <-failed:
				return errors.Join(errors.New("bench: the stream ended"), err)
			case <-time.After(20 * time.Second):
				return errors.New("bench: no change was sent")
			}
			if s.position >= position {
				if i >= 0 {
					sizes, took = append(sizes, float64(s.bytes-before)/1024), append(took, ms(s.at.Sub(begun)))
				}
				before = s.bytes
				break
			}
		}
		if err := pause(ctx, 300*time.Millisecond); err != nil { // a quiet page
			return err
		}
	}
	v.note(fmt.Sprintf("one change to one viewer, list of %d", v.Large), median(sizes), 8, "KB")
	v.note("from a statement to its frame, on a quiet page: p50", median(took), 60, "ms")
	return nil
}
