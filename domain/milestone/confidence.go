package milestone

import (
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/rating"
)

// ConfidenceAssessed rates the milestone on a scheme, in the reporter's own value.
type ConfidenceAssessed struct{ Scheme, Value, Reason string }

func (ConfidenceAssessed) EventName() string { return "ConfidenceAssessed" }
func (e ConfidenceAssessed) Why() string     { return e.Reason }

func (e ConfidenceAssessed) evolve(s *State, asAt civil.Date) {
	s.change(func(f *Further) { f.Ratings = rated(f.Ratings, Rating{e.Scheme, e.Value, asAt}) })
}

// AssessConfidence states a rating.
type AssessConfidence struct{ Scheme, Value, Reason string }

// CommandName is the name by which reporters know it.
func (AssessConfidence) CommandName() string { return "ConfidenceAssessed" }

// Rating is the value that was stated last on a scheme. What it comes to on the common scale is asked of the
// plan, by rating.GradeOf: its authors may declare the scheme later, or otherwise.
type Rating struct {
	Scheme, Value string
	AsAt          civil.Date
}

// rated returns the ratings with another, in order of scheme and in a list of their own.
func rated(ratings []Rating, r Rating) []Rating {
	i, found := findRating(ratings, r.Scheme)
	next := slices.Clone(ratings)
	if found {
		next[i] = r
		return next
	}
	return slices.Insert(next, i, r)
}

// findRating finds the rating on a scheme, whose name may be written in any case.
func findRating(ratings []Rating, scheme string) (int, bool) {
	return slices.BinarySearchFunc(ratings, scheme, func(r Rating, scheme string) int {
		return strings.Compare(strings.ToLower(r.Scheme), strings.ToLower(scheme))
	})
}

func (c *check) confidence(cmd AssessConfidence) {
	for _, part := range []struct{ field, text, example string }{{"scheme", cmd.Scheme, "RAG"}, {"value", cmd.Value, "Amber"}} {
		if strings.TrimSpace(part.text) == "" {
			c.refuse(RuleRatingMissing, part.field, "The %s of the rating is empty. State one such as %s.", part.field, part.example)
		}
		c.text(part.field, part.text, rating.MaxName, RuleTextTooLong)
	}
	c.words("reason", cmd.Reason)
}

// A value that the plan's own scheme does not have is refused, and not kept for a person to look at: whoever
// declared the scheme said that there are no others, and a slip of the pen ("Gren") that was kept would be
// counted as unknown until somebody found it. A scheme that nobody declared is no error: its values are the
// reporter's own.
func decideAssessConfidence(s State, c AssessConfidence, f Facts) ([]Event, error) {
	if scheme, declared := rating.Find(f.RatingSchemes, c.Scheme); declared {
		if _, known := scheme.Find(c.Value); !known {
			values := make([]string, len(scheme.Values))
			for i, v := range scheme.Values {
				values[i] = v.Value
			}
			return nil, refusal(domain.Refused, RuleRatingUnknown, "value",
				"%.60q is no value of the scheme %q. Use one of: %s. Where there is a new one, declare it first (PlanRevised).",
				c.Value, scheme.Name, strings.Join(values, ", "))
		}
	}
	ratings := s.further().Ratings
	if i, found := findRating(ratings, c.Scheme); found && ratings[i] == (Rating{c.Scheme, c.Value, f.AsAt}) {
		return nil, nil
	}
	return []Event{ConfidenceAssessed(c)}, nil
}
