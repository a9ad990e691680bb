package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// A demonstration that is played ends when its reader has seen enough, before its year is over or after.
func TestTheDemonstrationIsPlayed(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for pace, until := range map[string]string{"0": "The year is over.", "1h": "Or ask, in another terminal:"} {
		t.Run("pace "+pace, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			shown := newShown(until)
			var errs bytes.Buffer
			status := make(chan int, 1)
			home := t.TempDir()
			go func() {
				status <- Main(ctx, []string{"demo", "--live", "--pace", pace}, nil, shown, &errs, stateIn(home))
			}()
			select {
			case <-shown.reached:
			case ended := <-status:
				t.Fatalf("it ended by itself, with status %d: %s", ended, errs.String())
			}
			for _, address := range regexp.MustCompile(`http://\S+`).FindAllString(shown.String(), -1) {
				if body := fetch(t, address); !strings.Contains(body, "This is a demonstration.") && pace == "0" {
					t.Errorf("%s does not say that it is a demonstration:\n%s", address, body)
				}
			}
			stop()
			if ended := <-status; ended != statusOK || errs.Len() > 0 {
				t.Errorf("status %d, %q", ended, errs.String())
			}
			for _, want := range map[string][]string{
				"0": {
					"http://127.0.0.1:", "/plans/brackwater\n", "30 Apr 2024  brackwater       monthly return    60 new", "push of HUB-0", "harbour-schools", "slipped",
					"14 May 2024  brackwater       Programme board   approves the baseline", "agrees that it was a mistake",
				},
				"1h": {"demonstration clock"},
			}[pace] {
				if !strings.Contains(shown.String(), want) {
					t.Errorf("it does not print %q:\n%s", want, shown.String())
				}
			}
		})
	}
}

// In the demonstration's year two people decide: a baseline, another one that hides no slip, and a correction.
func TestTheDemonstrationHasTwoPeopleDecide(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out, errs bytes.Buffer
	if status := Main(t.Context(), []string{"demo"}, nil, &out, &errs, stateIn(t.TempDir())); status != statusOK || errs.Len() > 0 {
		t.Fatalf("status %d: %s", status, errs.String())
	}
	for _, want := range []string{
		`start +approved +58 .* Programme office +2024-05-14 +Programme board`, `change-1 +approved +1 +62`,
		`BaselineApproved +2024-11-30 +2025-01-31 +\+62 .* Programme board .* 62 d`, `MilestoneAchieved .* \+102 .* \+102 +\+40`,
		`GOV-10 .* typing +counts .* Programme office .* Programme board`, `exception of Programme board: \+184`, `TBC \(was due 2025-08-31\)`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("it does not show %q:\n%s", want, out.String())
		}
	}
}

func fetch(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// shown is what a command prints, and tells when it has printed some words.
type shown struct {
	words   string
	reached chan struct{}

	mu   sync.Mutex // owns all below
	out  bytes.Buffer
	done bool
}

func newShown(words string) *shown { return &shown{words: words, reached: make(chan struct{})} }

func (s *shown) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.out.Write(p)
	if !s.done && strings.Contains(s.out.String(), s.words) {
		s.done = true
		close(s.reached)
	}
	return n, err
}

func (s *shown) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}
