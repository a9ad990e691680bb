package bench

import (
	_ "embed" // the figures that gates hold
	"encoding/json"
	"fmt"
)

// gatesFile has what a change may not make worse. Whoever makes something better, or decides that it is worth its cost, writes the figures that
// `milepost bench --short` prints into it.
//
//go:embed gates.json
var gatesFile []byte

// gates are what the server allocates for an event, and what the processors do for it over the frozen echo of the same run.
type gates struct {
	UnaryObjects float64 `json:"unary_server_allocs"`
	PushObjects  float64 `json:"push_server_allocs"`
	UnaryCPU     float64 `json:"unary_cpu_ratio"`
	PushCPU      float64 `json:"push_cpu_ratio"`
}

const (
	// objectsMargin is what counts of objects differ by from run to run: how many requests share a commit is chance.
	objectsMargin = 1.5
	// cpuMargin is how much above its stored median a ratio may come out. On a machine that others use too the same code comes out up to
	// a third apart; whoever measures on an idle one finds a tenth.
	cpuMargin = 1.4
)

// Gate compares a report with the gates, and lists what is above them. Rates are not held: they are of the machine and its minute.
func (r *Report) Gate() (above []string, err error) {
	var g gates
	if err := json.Unmarshal(gatesFile, &g); err != nil {
		return nil, fmt.Errorf("bench: gates.json: %w", err)
	}
	hold := func(what string, figure, most, stored float64) {
		if figure > most {
			above = append(above, fmt.Sprintf("%s: %.2f, where gates.json has %.2f and up to %.2f passes", what, figure, stored, most))
		}
	}
	for _, u := range r.Unary {
		hold(fmt.Sprintf("%d callers, objects that the server allocates for an event", u.Callers), u.ServerObjects, g.UnaryObjects+objectsMargin, g.UnaryObjects)
		hold(fmt.Sprintf("%d callers, processors over the frozen echo", u.Callers), u.CPURatio, g.UnaryCPU*cpuMargin, g.UnaryCPU)
	}
	for _, p := range r.Push {
		if p.Together > 1 {
			continue
		}
		hold(fmt.Sprintf("%d streams, objects that the server allocates for an event", p.Streams), p.ServerObjects, g.PushObjects+objectsMargin, g.PushObjects)
		hold(fmt.Sprintf("%d streams, processors over the frozen echo", p.Streams), p.CPURatio, g.PushCPU*cpuMargin, g.PushCPU)
	}
	return above, nil
}
