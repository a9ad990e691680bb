// Package owners reads which parties the words of an owner name: of "CCG / Federation" the CCG and the Federation. It is pure. The words
// themselves stay the owner; a text that may be the name of one party is not taken apart.
package owners

import (
	"regexp"
	"slices"
	"strings"
)

// Most is how many parties are read at most, and MaxName how long the name of each is at most, in bytes.
const (
	Most    = 20
	MaxName = 300
)

var (
	// marks part names wherever they stand outside brackets.
	marks = regexp.MustCompile(`\s*[;+\n]\s*|\s+[•|]\s+`)
	and   = regexp.MustCompile(`\s+(?:and|&)\s+`)
	// acronym is "CCG", "CCGs", "LWAB", "NHSE".
	acronym = regexp.MustCompile(`^[A-Z][A-Z0-9]+s?$`)
	// person is two or three names of somebody, with a title or an initial.
	person = regexp.MustCompile(`^(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?\p{Lu}[\p{L}'’.-]*(?: \p{Lu}[\p{L}'’.-]*){1,2}$`)
	// role is what somebody is, which an organisation or a name follows behind a comma.
	role = regexp.MustCompile(`(?i)\b(?:director|manager|lead|head|officer|chair|chief|deputy|member|secretary|of)\b`)
	// legal are forms of companies, which stand behind a comma too.
	legal = regexp.MustCompile(`(?i)^(?:ltd|limited|inc|llc|llp|plc|co|gmbh)\.?$`)
)

// things are words of organisations and fields of work: "Primary Care and Community Services" names no two people.
var things = func() map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(`adult board business care centre children commissioning committee communications community contracts delivery
		department development digital education engagement estates executive finance general governance group health housing human improvement
		information integrated learning local management medical medicine network nursing office operations partnership performance planning
		policy practice practices primary programme project public quality research resources safety service services skills social strategy
		support sustainability team technology training transformation transport trust urgent workforce`) {
		all[w] = true
	}
	return all
}()

// Named returns the parties that the words of an owner name, where they name several; nil where they name one, or may.
func Named(text string) (parties []string) {
	if strings.ContainsAny(text, "()[]") { // "Federations (supported by the CCGs)" says more than names
		return nil
	}
	for _, part := range marks.Split(text, -1) {
		for _, item := range commas(part) {
			for _, side := range slashes(item) {
				for _, name := range ands(side) {
					name = strings.Trim(name, " .,:-–")
					if len(name) < 2 || len(name) > MaxName {
						return nil
					}
					if !slices.Contains(parties, name) {
						parties = append(parties, name)
					}
				}
			}
		}
	}
	if len(parties) < 2 || len(parties) > Most {
		return nil
	}
	return parties
}

// commas parts a list. "Holt, Ada" and "Director of Finance, NHS England" are one.
func commas(text string) []string {
	text = strings.Trim(text, " ,")
	parts := strings.Split(text, ",")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
		if parts[i] == "" || i > 0 && legal.MatchString(parts[i]) {
			return []string{text}
		}
	}
	if len(parts) != 2 {
		return parts
	}
	first, second := parts[0], parts[1]
	switch {
	case role.MatchString(first) || role.MatchString(second):
		return []string{text}
	case !strings.Contains(first, " ") && !acronym.MatchString(first) && !strings.Contains(second, " ") && !acronym.MatchString(second):
		return []string{text}
	}
	return parts
}

// slashes parts names beside a slash. "and/or", "n/a" and "17/18" are none.
func slashes(text string) []string {
	parts := strings.Split(text, "/")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
		if len(parts[i]) < 2 || strings.ContainsAny(parts[i][:1], "0123456789") || strings.HasSuffix(parts[i], " and") || parts[i] == "and" {
			return []string{text}
		}
	}
	return parts
}

// ands parts people and acronyms that an "and" joins. Everything else may be one name: "Health and Social Care Board".
func ands(text string) []string {
	parts := and.Split(text, -1)
	for _, part := range parts {
		if !acronym.MatchString(part) && !isPerson(part) {
			return []string{text}
		}
	}
	return parts
}

func isPerson(text string) bool {
	return person.MatchString(text) && !slices.ContainsFunc(strings.Fields(strings.ToLower(text)), func(w string) bool { return things[w] })
}
