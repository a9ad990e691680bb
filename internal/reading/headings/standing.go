package headings

import "regexp"

// The words of a heading that say how new what stands below it is.
var (
	newest = regexp.MustCompile(`\b(?:new|revised|latest|current|updated|nov[yaeo]|nuov[oa]|nuev[oa]|nouve(?:au|lle)|neue[rs]?|nieuwe?|now[yae]|nytt?)\b`)
	later  = regexp.MustCompile(`\b(?:forecast|reforecast|expected|estimated|projected|anticipated)\b`)
	former = regexp.MustCompile(`\b(?:previous|prior|last|old|original|former|initial)\b`)
)

// Recency is how new a heading says that its column is: 0 where it does not say.
func Recency(words string) int {
	words = plain(words)
	switch {
	case former.MatchString(words):
		return -1
	case newest.MatchString(words):
		return 2
	case later.MatchString(words):
		return 1
	}
	return 0
}

var (
	// plainTitle are headings that say least of what a row is called: what they hold is the title where no other column is one.
	plainTitle = regexp.MustCompile(`^(?:(?:\w+ )?desc(?:r|ription)?|projects?|project name|(?:programme )?content|how|step|steps)$`)
	// storyTitle are what a backlog calls its rows, and a table of tasks what a row is a part of.
	storyTitle = regexp.MustCompile(`\b(?:user stor(?:y|ies)|stor(?:y|ies)|features?|backlog items?|use case|items?)\b`)
	// nameTitle may be the name of the row, or that of a person.
	nameTitle = regexp.MustCompile(`^(?:name|item|event)$`)
)

// Standing is how much a heading speaks for its column where several have the same field: more for the newer of two dates,
// less for a title that may be something else.
func Standing(f Field, text string) float64 {
	words := Key(text)
	switch f {
	case Ref:
		if words == "key" { // it may be that of a colour
			return -0.25
		}
	case Title:
		switch {
		case plainTitle.MatchString(words):
			return -0.5
		case nameTitle.MatchString(words):
			return -0.25
		case storyTitle.MatchString(words):
			return -0.6
		}
	case Date, Finish:
		standing := float64(2 * Recency(words))
		if _, v, _ := Dated(text); v != (Version{}) && standing == 0 {
			standing = 2 // a version of a date is a forecast
		}
		if f == Date {
			standing++
		}
		if words == "date" || words == "dates" { // it may be the day of the entry
			standing = -0.5
		}
		return standing
	}
	return 0
}
