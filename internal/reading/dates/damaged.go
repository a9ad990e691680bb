package dates

import "strings"

// damagedWord says whether a word right before a date may be one of time that was damaged beyond repair, so that
// the date may be another one: "ned March 2018", "gust 2018", "completeby March 2018". A person is asked.
func (r *reader) damagedWord(t *token, it *item) bool {
	word := t.word
	if commonWords[word] || r.capitals(t) {
		return false
	}
	for _, joined := range [...]string{"by", "from", "until", "throughout"} {
		if head, ok := strings.CutSuffix(word, joined); ok && len(head) > 3 && !strings.HasSuffix(head, "b") {
			return true
		}
	}
	if len(word) < 3 && !t.capital && !strings.Contains(littleWords, " "+word+" ") { // "b March 2018"
		return true
	}
	letters := lettersOf(word)
	for _, long := range longWords {
		if long.near(word, letters, len(long.word)/4) <= len(long.word)/4 {
			return true
		}
	}
	for _, short := range shortWords {
		if len(word) > 1 && len(word) < 5 && short.near(word, letters, 1) < 2 {
			return true
		}
	}
	if it.a.unit != calendarYear && it.a.unit != financialYear {
		return false
	}
	for _, m := range monthNames {
		most := 2
		if len(m.word) < 5 {
			most = 1
		}
		if len(word) > 1 && len(word) <= longestWord && m.near(word, letters, most) <= most {
			return true
		}
	}
	return false
}

// littleWords are the words of one and two letters that are what they are.
const littleWords = " a i s t as we us me my he if is it no so up go do am an or be "

// longWords change what a date promises too, and may be damaged in more than one letter.
var longWords = func() (words []known) {
	for _, word := range [...]string{"effective", "latest", "earliest", "began"} {
		words = append(words, known{word: word, letters: lettersOf(word)})
	}
	return words
}()

// shortWords are the short words that change what a date promises.
var shortWords = func() (words []known) {
	for _, word := range [...]string{"end", "mid", "half", "from"} {
		words = append(words, known{word: word, letters: lettersOf(word)})
	}
	return words
}()
