package load

import (
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/rating"
	"milepost.dev/internal/reading/documents"
)

// ratingScheme is the scale that the ratings of a document are on.
const ratingScheme = "RAG"

var commonRatings = map[string]pb.CommonRating{
	"red": pb.CommonRating_COMMON_RATING_RED, "amber/red": pb.CommonRating_COMMON_RATING_AMBER_RED, "amber": pb.CommonRating_COMMON_RATING_AMBER,
	"amber/green": pb.CommonRating_COMMON_RATING_AMBER_GREEN, "green": pb.CommonRating_COMMON_RATING_GREEN,
}

// rated are the ratings that a document uses, each once.
type rated []string

// add keeps a rating. More than a scale can have are of none.
func (r *rated) add(text string) {
	if text != "" && len(*r) <= rating.MaxValues && !slices.ContainsFunc(*r, func(is string) bool { return strings.EqualFold(is, text) }) {
		*r = append(*r, text)
	}
}

// schemes are what the key of the document's ratings makes of the scales that the plan has; nil where nothing is to be said. A value stands on
// the common scale where it is a colour or the key names one, and nowhere else: "partially on track" is no colour.
//
// A plan without the scale gets the key, and what the document uses beside it. One that has it keeps it, because somebody may have said what
// its values mean; colours are added where it has none, so that no rating is lost to a key in other words. A scale of colours stays as it
// was declared: what is not on it is refused.
func (r *run) schemes(has []*pb.RatingScheme) []*pb.RatingScheme {
	scheme := &pb.RatingScheme{Name: ratingScheme}
	add := func(is documents.Rated) (added bool) {
		known := func(v *pb.RatingValue) bool { return strings.EqualFold(v.GetValue(), is.Value) }
		if added = !slices.ContainsFunc(scheme.Values, known); added {
			scheme.Values = append(scheme.Values, &pb.RatingValue{Value: is.Value, Common: commonRatings[is.Colour], Meaning: is.Meaning})
		}
		return added
	}
	changed := false
	if at := slices.IndexFunc(has, func(s *pb.RatingScheme) bool { return strings.EqualFold(s.GetName(), ratingScheme) }); at >= 0 {
		scheme.Name, scheme.Values = has[at].GetName(), slices.Clone(has[at].GetValues())
		coloured := slices.ContainsFunc(scheme.Values, func(v *pb.RatingValue) bool { return documents.ColourOf(v.GetValue()) != "" })
		for _, text := range r.rated {
			if colour := documents.ColourOf(text); colour != "" && !coloured {
				changed = add(documents.Rated{Value: text, Colour: colour}) || changed
			}
		}
	} else {
		for _, is := range r.report.Plan.Ratings {
			changed = add(is) || changed
		}
		for _, text := range r.rated {
			if changed {
				add(documents.Rated{Value: text, Colour: documents.ColourOf(text)})
			}
		}
	}
	tooLong := func(v *pb.RatingValue) bool { return len(v.GetValue()) > rating.MaxName }
	if !changed || len(scheme.Values) > rating.MaxValues || slices.ContainsFunc(scheme.Values, tooLong) {
		return nil
	}
	return []*pb.RatingScheme{scheme}
}
