// Package dates reads delivery dates as people write them: "Q2 17/18", "By30th june 2018", "March 2017?", "Monthly to
// June 2018". The result is a value of package period: the words as written, what they were read as, and the reasons why
// a person should look.
//
// Read reads the date of a statement, ReadWords a date in a document. What a document says about itself, and its dates leave
// out, is in Settings. The rules are those of the convention for delivery dates; the comments give their numbers.
//
// ReadWords works in this order:
//
//  1. Cut the text into tokens (token.go) and drop its numbering (numbering.go).
//  2. Make months of the names of other languages (foreign.go), mend tokens (mend.go) and misspelt words (spelling.go), and look each word up (vocabulary.go).
//  3. Set aside what looks like a date and is not one (notdates.go).
//  4. Find days, weeks, months, quarters and years (parse.go, parseyears.go, parseodd.go, numeric.go, order.go, weeks.go); span.go says which
//     days each of them covers.
//  5. Join them to ranges (join.go).
//  6. Decide what the words around each of them promise (items.go, with marks.go, marksbefore.go, tense.go, lasting.go,
//     repeat.go, goingon.go, said.go). A date that the words tell to hold no more is left out first (old.go). A word that may be a damaged word of time is put to a person (damaged.go).
//  7. Without any date, decide what the words say (readWithoutDates in finish.go).
//  8. Check each reading against the settings, and make a label of the words that are left over (finish.go).
//
// Reading is a pure function: the same text and settings give the same result, in any process.
package dates
