package documents

import (
	"regexp"
	"strings"
)

// A banner is a row that names the part of the plan which the rows below it belong to. A scan cuts it into
// cells at any letter, loses some at the cut, or reads some twice. What it said is worked out from three
// things: the letters on both sides of a cut, the words that the document uses elsewhere, and the banners
// that were read before.

var continued = regexp.MustCompile(`(?i)\s*\(?\b(ctd|cont|cont'd|contd|continued)\b\.?\)?\s*$`)

// banner works out what a banner said from its pieces.
func (r *bannerWords) banner(pieces []string) string {
	for _, piece := range pieces { // its own damaged words vouch for nothing
		r.words.forget(piece)
	}
	text := pieces[0]
	for _, piece := range pieces[1:] {
		text = r.joinPieces(text, piece)
	}
	text = continued.ReplaceAllString(strings.TrimSpace(text), "")
	text = r.completed(r.likeBefore(text))
	r.learnPlace(bannerParts(text))
	for _, part := range bannerParts(text) {
		if !containsFold(r.bannerParts, part) {
			r.bannerParts = append(r.bannerParts, part)
		}
	}
	return text
}

// joinPieces joins two pieces of one text that a scan cut apart.
func (r *bannerWords) joinPieces(left, right string) string {
	lw, rw := lastWord(left), firstWord(right)
	joined := lw + rw
	// What ends the left piece and begins the right one was read twice.
	for n := min(len(left), len(right)); n >= 1; n-- {
		if !strings.EqualFold(left[len(left)-n:], right[:n]) || n == 1 && r.words.knows(lw) && r.words.knows(rw) {
			continue
		}
		once := left + right[n:]
		if n > 2 || !r.words.knows(joined) && !(r.words.knows(lw) && r.words.knows(rw)) {
			return r.respelt(once, lw+cutPrefix(rw, n))
		}
	}
	switch {
	case lw == "" || rw == "" || isDash(lw) || isDash(rw):
		return left + " " + right
	case strings.HasPrefix(right, "&"):
		return left + right
	case r.words.knows(joined):
		return left + right
	case r.words.knows(lw) && r.words.knows(rw):
		return left + " " + right
	}
	if better, ok := r.words.closest(joined); ok {
		return left[:len(left)-len(lw)] + matchCase(joined, better) + right[len(rw):]
	}
	if startsLower(right) && !r.words.knows(lw) {
		return left + right
	}
	return left + " " + right
}

func cutPrefix(s string, n int) string {
	if n >= len(s) {
		return ""
	}
	return s[n:]
}

// respelt mends the word at a cut that still is no word of the document.
func (r *bannerWords) respelt(text, at string) string {
	if at == "" || r.words.knows(at) {
		return text
	}
	if better, ok := r.words.closest(at); ok {
		return strings.Replace(text, at, matchCase(at, better), 1)
	}
	return text
}

// matchCase writes a word with a capital where another has one.
func matchCase(like, word string) string {
	if startsUpper(like) && word != "" {
		return strings.ToUpper(word[:1]) + word[1:]
	}
	return word
}

// likeBefore completes a banner by those before it: banners of one document are built alike ("GPFV - Workload -
// East"), so a part that is nearly one that was read before is that one, and the parts before it are the same.
func (r *bannerWords) likeBefore(text string) string {
	parts := bannerParts(text)
	for i, part := range parts {
		for _, known := range r.bannerParts {
			if strings.EqualFold(part, known) {
				break
			}
			if len(known) < 6 {
				continue
			}
			if runsThrough(known, part) || lostItsStart(known, part) || !r.knowsAll(part) && similarity(strings.ToLower(part), strings.ToLower(known)) > 0.7 {
				parts[i] = known
				break
			}
		}
	}
	mended := strings.Join(parts, " - ") != strings.Join(bannerParts(text), " - ")
	if (len(parts) > 1 || mended) && len(r.workstreamParts) > 0 && containsFold(r.bannerParts, parts[0]) && !strings.EqualFold(parts[0], r.workstreamParts[0]) && len(parts) < len(r.workstreamParts) {
		parts = append([]string{r.workstreamParts[0]}, parts...)
	}
	if len(parts) > 2 { // the place that comes last is short, and the document names it often
		last := parts[len(parts)-1]
		if isAcronym(last) && r.words[strings.ToLower(last)] < 2 {
			parts[len(parts)-1] = r.acronymLike(last)
		}
	}
	if len(r.workstreamParts) < len(parts) {
		r.workstreamParts = parts
	}
	if strings.Join(parts, " - ") == strings.Join(bannerParts(text), " - ") {
		return text // with the dashes that it has
	}
	return strings.Join(parts, " - ")
}

// acronymLike is the commonest acronym of the document that begins with these letters, or differs from them by one.
func (r *bannerWords) acronymLike(short string) string {
	best, often := short, 1
	for w, n := range r.words {
		if len(w) != 3 || n <= often {
			continue
		}
		if strings.HasPrefix(w, strings.ToLower(short)) || len(short) == 3 && distance([]rune(w), []rune(strings.ToLower(short))) == 1 {
			best, often = strings.ToUpper(w), n
		}
	}
	return best
}

var dashed = regexp.MustCompile(`\s*[-–—]\s+|\s+[-–—]\s*`)

func bannerParts(text string) (parts []string) {
	for _, part := range dashed.Split(text, -1) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

func containsFold(list []string, text string) bool {
	for _, s := range list {
		if strings.EqualFold(s, text) {
			return true
		}
	}
	return false
}

func lastWord(s string) string {
	f := strings.Fields(s)
	if len(f) == 0 || strings.HasSuffix(s, " ") {
		return ""
	}
	return f[len(f)-1]
}

func firstWord(s string) string {
	f := strings.Fields(s)
	if len(f) == 0 || strings.HasPrefix(s, " ") {
		return ""
	}
	return f[0]
}

// knowsAll says whether a text holds only words that the document has elsewhere.
func (r *bannerWords) knowsAll(text string) bool {
	for _, w := range words(text) {
		if len(w) > 1 && !r.words.knows(w) {
			return false
		}
	}
	return true
}

// runsThrough says whether the words of a banner's part all stand in a text, in their order.
func runsThrough(known, text string) bool {
	want := strings.Fields(strings.ToLower(known))
	have := strings.Fields(strings.ToLower(text))
	if len(have) == len(want) {
		return false
	}
	i := 0
	for _, w := range have {
		if i < len(want) && w == want[i] {
			i++
		}
	}
	return i == len(want) && i > 1
}

// completed is the only banner that begins with a text that was cut off. Capitals tell "IM&T" from "Improving".
func (r *bannerWords) completed(text string) string {
	if len(bannerParts(text)) < 2 {
		return text
	}
	for _, begins := range []func(whole string) bool{
		func(whole string) bool { return strings.HasPrefix(whole, text) },
		func(whole string) bool { return strings.EqualFold(whole[:len(text)], text) },
	} {
		found, several := "", false
		for _, whole := range r.banners {
			// Only a part that is cut in its middle is completed: the part after a whole one may be another.
			if len(whole) > len(text) && begins(whole) && !strings.HasPrefix(strings.TrimSpace(whole[len(text):]), "-") && whole[len(text)] != ' ' {
				several = several || found != "" && found != whole
				found = whole
			}
		}
		switch {
		case several:
			return text
		case found != "":
			return found
		}
	}
	return text
}

// learn keeps the words of rows.
func (r *bannerWords) learn(rows []row) {
	for _, in := range rows {
		for _, c := range in.cells {
			r.words.learn(c.text)
		}
	}
}

// learnBanners looks for the banners that came through whole, so that those that did not can be completed.
func (r *bannerWords) learnBanners(rows []row) {
	for _, in := range rows {
		filled := in.filled()
		if len(filled) == 0 || len(filled) > 3 || filled[len(filled)-1] > 2 || in.prose {
			continue
		}
		var pieces []string
		for _, i := range filled {
			pieces = append(pieces, in.at(i).text)
		}
		for _, piece := range pieces { // its own damaged words vouch for nothing
			r.words.forget(piece)
		}
		text := pieces[0]
		for _, piece := range pieces[1:] {
			text = r.joinPieces(text, piece)
		}
		for _, piece := range pieces {
			r.words.learn(piece)
		}
		text = continued.ReplaceAllString(text, "")
		parts := bannerParts(text)
		if len(text) > 70 || len(parts) < 2 || endsSentence(text) || !r.knowsAll(text) {
			continue
		}
		for _, part := range parts {
			if !containsFold(r.bannerParts, part) {
				r.bannerParts = append(r.bannerParts, part)
			}
		}
		if len(parts) > len(r.workstreamParts) {
			r.workstreamParts = parts
		}
		r.banners = append(r.banners, text)
		r.learnPlace(parts)
	}
}

// lostItsStart says whether a text is a banner's part without its first letters.
func lostItsStart(known, text string) bool {
	lost := len(known) - len(text)
	return lost > 0 && lost <= 4 && len(text) >= 6 && strings.EqualFold(known[lost:], text) && known[lost-1] != ' '
}
