package page

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Question is the address of a page, as it was asked for: it says all that a page shows, but for what the ledger
// holds when it is answered. It is not changed, and may be answered by several goroutines and as often as one likes.
type Question struct {
	path            string // the page's own address, without what follows the question mark
	query           url.Values
	plan, milestone string
	event           string // its position
	item            string // what a form decides about: an item of a review, a proposal, a position
}

// QuestionOf is what a request asks for. Its address is that of the page, and its pattern that of the page's Kind.
func QuestionOf(r *http.Request) Question {
	return Question{path: r.URL.EscapedPath(), query: r.URL.Query(), plan: r.PathValue("plan"), milestone: r.PathValue("milestone"), event: r.PathValue("event"), item: r.PathValue("item")}
}

// TakesGzip says whether a browser takes what is compressed.
func TakesGzip(r *http.Request) bool {
	for _, offered := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(offered), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return strings.ReplaceAll(strings.ReplaceAll(quality, " ", ""), ".000", "") != "q=0"
		}
	}
	return false
}

// Address is the address of the page, with its parameters in order of their names. Two questions with the same
// address show the same.
func (q Question) Address() string { return address(q.path, q.query) }

// Changes says whether the page can change: one that shows what was known at some time stays as it is.
func (q Question) Changes() bool { return q.knownAt() == "" }

// The parameters of every page's address.
const (
	paramAsAt    = "as_at"    // as the plan stood on
	paramKnownAt = "known_at" // as we knew it on
)

func (q Question) asAt() string    { return q.query.Get(paramAsAt) }
func (q Question) knownAt() string { return q.query.Get(paramKnownAt) }

// with is the page's address with some parameters set, or left out where they are empty.
func (q Question) with(pairs ...string) string {
	changed := url.Values{}
	for name, values := range q.query {
		changed[name] = values
	}
	return address(q.path, set(changed, pairs))
}

// to is another page's address, at the same two times.
func (q Question) to(path string, pairs ...string) string {
	kept := url.Values{}
	for _, name := range []string{paramAsAt, paramKnownAt} {
		if v := q.query.Get(name); v != "" {
			kept.Set(name, v)
		}
	}
	return address(path, set(kept, pairs))
}

// set sets parameters, which come as name and value in turn, and deletes those whose value is empty.
func set(q url.Values, pairs []string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func planPath(plan string) string { return "/plans/" + segment(plan) }

// milestonePath is the address of a milestone by its reference, which people can read; by its own id where the
// reference would be taken for a way up the tree.
func milestonePath(plan, ref, id string) string {
	if ref == "." || ref == ".." {
		ref = id
	}
	return planPath(plan) + "/milestones/" + segment(ref)
}

// eventPath is the address of one event of a plan.
func eventPath(plan string, position uint64) string {
	return planPath(plan) + "/events/" + strconv.FormatUint(position, 10)
}

func segment(s string) string { return url.PathEscape(s) }
