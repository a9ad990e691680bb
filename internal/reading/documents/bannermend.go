package documents

import (
	"regexp"
	"slices"
	"strings"
)

// What a scan took from a banner may stand in the rows below it: its place is also the label beside them or the
// beginning of their owners' names, and a word that was cut is the one that they use most.

// mendBanner completes the banner that the rows stand under by what they say.
func (r *reader) mendBanner(rows []row) {
	text := r.under.Text
	parts := bannerParts(text)
	if !r.scanned || len(parts) < 2 || len(rows) == 0 {
		return
	}
	end := len(parts) - 1
	if whole := r.wordBelow(lastWord(parts[end]), rows); whole != "" {
		parts[end] = strings.TrimSuffix(parts[end], lastWord(parts[end])) + whole
	}
	usual := len(r.workstreamParts)
	if len(parts) == usual && r.ownersBegin(parts[end], rows) && !contains(r.bannerPlaces, parts[end]) {
		r.bannerPlaces = append(r.bannerPlaces, parts[end]) // the rows vouch for it
	}
	if usual >= 3 && (len(parts) == usual-1 || len(parts) == usual && !contains(r.bannerPlaces, parts[end])) {
		if place := r.placeBelow(rows); place != "" {
			parts = append(parts[:usual-1], place)
		}
	}
	if mended := strings.Join(parts, " - "); mended != strings.Join(bannerParts(text), " - ") {
		r.under.Text = mended
	}
}

// wordBelow is the word that a cut one begins, where the rows use it clearly more often than any other that does.
func (r *bannerWords) wordBelow(cut string, rows []row) string {
	if len(cut) < 3 || isAcronym(cut) || !startsUpper(cut) || r.words.knows(cut) {
		return ""
	}
	often := map[string]int{}
	for _, in := range rows {
		for _, c := range in.cells {
			for _, w := range words(strings.ToLower(c.text)) {
				if len(w) > len(cut) && strings.HasPrefix(w, strings.ToLower(cut)) {
					often[w]++
				}
			}
		}
	}
	best, second := "", 0
	for w, n := range often {
		switch {
		case best == "" || n > often[best] || n == often[best] && w < best:
			second, best = max(second, often[best]), w
		default:
			second = max(second, n)
		}
	}
	if often[best] < 3 || often[best] < 2*second {
		return ""
	}
	return matchCase(cut, best)
}

// placeBelow is the place of other banners that the rows name: as a label of its own beside them, or else at the
// beginning of every owner.
func (r *reader) placeBelow(rows []row) string {
	labels, owners := map[string]bool{}, map[string]bool{}
	for _, in := range rows {
		if label := in.at(0).text; contains(r.bannerPlaces, label) {
			labels[label] = true
		}
	}
	for _, who := range r.ownersOf(rows) {
		owners[r.placeOf(who)] = true
	}
	for _, found := range []map[string]bool{labels, owners} {
		if len(found) == 1 {
			for place := range found {
				return place
			}
		}
	}
	return ""
}

// ownersOf are the owners of the rows that have an action.
func (r table) ownersOf(rows []row) (owners []string) {
	for _, in := range rows {
		who := in.at(r.layout.column(Owner)).text
		if who != "" && !isDitto(who) && !isSpeck(who) && len(in.at(r.layout.column(Title)).text) > len(who) {
			owners = append(owners, who)
		}
	}
	return owners
}

// ownersBegin says whether the name of every owner begins with a place.
func (r table) ownersBegin(place string, rows []row) bool {
	owners := r.ownersOf(rows)
	for _, who := range owners {
		if !isAcronym(place) || !strings.HasPrefix(who, place) {
			return false
		}
	}
	return len(owners) > 0
}

// placeOf is the longest place that a name begins with.
func (r *bannerWords) placeOf(who string) (place string) {
	for _, p := range r.bannerPlaces {
		if strings.HasPrefix(who, p) && len(p) > len(place) {
			place = p
		}
	}
	return place
}

// learnPlace keeps the place that ends a banner, where the document vouches for it.
func (r *bannerWords) learnPlace(parts []string) {
	if len(parts) < 3 || len(parts) < len(r.workstreamParts) {
		return
	}
	if place := parts[len(parts)-1]; isAcronym(place) && r.words[strings.ToLower(place)] >= 2 && !contains(r.bannerPlaces, place) {
		r.bannerPlaces = append(r.bannerPlaces, place)
	}
}

var placeAfter = regexp.MustCompile(`^\s*[-–—]\s*([A-Z]{2,5})\b`)

// bannerWithin looks for a banner in a text that ran together: its parts are known from others, and its place follows them.
func (r *bannerWords) bannerWithin(text string) string {
	for _, whole := range r.banners {
		parts := bannerParts(whole)
		if len(parts) < 3 || len(parts) < len(r.workstreamParts) {
			continue
		}
		before := strings.Join(parts[:len(parts)-1], " - ")
		at := strings.Index(text, before)
		if at < 0 {
			continue
		}
		if place := placeAfter.FindStringSubmatch(text[at+len(before):]); place != nil && slices.Contains(r.bannerPlaces, place[1]) {
			return before + " - " + place[1]
		}
	}
	return ""
}
