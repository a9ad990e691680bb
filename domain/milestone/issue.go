package milestone

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// IssueRaised says that something stands in the milestone's way.
type IssueRaised struct{ Issue, Words, Severity string }

// IssueClosed says that an issue stands in nobody's way any more.
type IssueClosed struct{ Issue, Words string }

// EvidenceAttached says where the proof of something lies.
type EvidenceAttached struct {
	SHA256                     [32]byte // of the file
	MediaType, Location, Words string
}

func (IssueRaised) EventName() string      { return "IssueRaised" }
func (IssueClosed) EventName() string      { return "IssueClosed" }
func (EvidenceAttached) EventName() string { return "EvidenceAttached" }

// RaiseIssue states that something stands in the milestone's way, or says it in other words.
type RaiseIssue IssueRaised

// CloseIssue states that an issue stands in nobody's way any more.
type CloseIssue IssueClosed

// AttachEvidence states where the proof of something lies.
type AttachEvidence EvidenceAttached

func (RaiseIssue) CommandName() string     { return "IssueRaised" }
func (CloseIssue) CommandName() string     { return "IssueClosed" }
func (AttachEvidence) CommandName() string { return "EvidenceAttached" }

// Issue is something that stands or stood in the milestone's way.
type Issue struct {
	Issue, Words, Severity string
	Raised                 civil.Date // the day that it was raised for, the last time that it was not open
	Closed                 civil.Date // the day that it was closed for; zero while it is open
	Outcome                string
}

// Evidence is where the proof of something lies.
type Evidence struct {
	EvidenceAttached
	AsAt civil.Date
}

func (i Issue) tell(told map[string]string) {
	state := "open: " + i.Words
	if i.Closed != 0 {
		state = strings.TrimSuffix("closed: "+i.Outcome, ": ")
	}
	told["issue "+i.Issue], told["issue "+i.Issue+" severity"] = state, i.Severity
}

func (e Evidence) tell(told map[string]string) {
	said := slices.DeleteFunc([]string{e.Location, e.MediaType, e.Words}, func(s string) bool { return s == "" })
	told["evidence sha256:"+hex.EncodeToString(e.SHA256[:])] = strings.Join(said, ", ")
}

func findIssue(issues []Issue, issue string) (int, bool) {
	return slices.BinarySearchFunc(issues, issue, func(i Issue, issue string) int { return strings.Compare(i.Issue, issue) })
}

func (e IssueRaised) evolve(s *State, asAt civil.Date) {
	s.changeIssue(e.Issue, func(i *Issue) {
		raised := asAt
		if i.Raised != 0 && i.Closed == 0 {
			raised = i.Raised // it is the same issue, in other words
		}
		*i = Issue{Issue: e.Issue, Words: e.Words, Severity: e.Severity, Raised: raised}
	})
}

func (e IssueClosed) evolve(s *State, asAt civil.Date) {
	s.changeIssue(e.Issue, func(i *Issue) { i.Closed, i.Outcome = asAt, e.Words })
}

func (e EvidenceAttached) evolve(s *State, asAt civil.Date) {
	s.change(func(f *Further) {
		f.Evidence = append(slices.DeleteFunc(slices.Clone(f.Evidence), func(old Evidence) bool { return old.SHA256 == e.SHA256 }), Evidence{e, asAt})
	})
}

func (s *State) changeIssue(issue string, how func(*Issue)) {
	s.change(func(f *Further) {
		f.Issues = slices.Clone(f.Issues)
		at, found := findIssue(f.Issues, issue)
		if !found {
			f.Issues = slices.Insert(f.Issues, at, Issue{Issue: issue})
		}
		how(&f.Issues[at])
	})
}

// issue checks the commands of this file. False: it is none of them.
func (c *check) issue(cmd Command) bool {
	switch cmd := cmd.(type) {
	case RaiseIssue:
		c.issueRef(cmd.Issue)
		if strings.TrimSpace(cmd.Words) == "" {
			c.refuse(RuleIssueWithoutWords, "words", "It is not said what the issue is. State it in words.")
		}
		c.words("words", cmd.Words)
		c.text("severity", cmd.Severity, MaxStatus, RuleTextTooLong)
	case CloseIssue:
		c.issueRef(cmd.Issue)
		c.words("words", cmd.Words)
	case AttachEvidence:
		if cmd.Location == "" || len(cmd.Location) > MaxLocation {
			c.refuse(RuleLocationMalformed, "location", "The location of the evidence is %d bytes long. Say where it is, in 1 to %d.", len(cmd.Location), MaxLocation)
		}
		if !utf8.ValidString(cmd.Location) {
			c.refuse(RuleNotUTF8, "location", "The location of the evidence is not valid UTF-8 text. Send it as UTF-8.")
		}
		if kind, sub, ok := strings.Cut(cmd.MediaType, "/"); cmd.MediaType != "" && (!ok || !isToken(kind) || !isToken(sub)) {
			c.refuse(RuleMediaTypeMalformed, "media_type", "%.60q is no media type. Write one such as application/pdf, or leave it out.", cmd.MediaType)
		}
		c.text("media_type", cmd.MediaType, MaxMediaType, RuleTextTooLong)
		c.words("words", cmd.Words)
	default:
		return false
	}
	return true
}

// isToken says whether a text is one side of a media type, parameters aside (RFC 6838).
func isToken(text string) bool {
	text, _, _ = strings.Cut(text, ";")
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&-^_.+") == ""
}

func (c *check) issueRef(issue string) {
	if issue == "" || len(issue) > MaxRef {
		c.refuse(RuleIssueMalformed, "issue", "The issue's reference is %d bytes long. Give it one of 1 to %d.", len(issue), MaxRef)
	}
	if !utf8.ValidString(issue) {
		c.refuse(RuleNotUTF8, "issue", "The issue's reference is not valid UTF-8 text. Send it as UTF-8.")
	}
}

// decideIssue is Decide for the commands of this file. False: it is none of them.
func decideIssue(s State, cmd Command, f Facts) (events []Event, ok bool, err error) {
	known := s.further()
	switch c := cmd.(type) {
	case RaiseIssue:
		at, found := findIssue(known.Issues, c.Issue)
		if found && known.Issues[at].Closed == 0 && known.Issues[at].Words == c.Words && known.Issues[at].Severity == c.Severity {
			return nil, true, nil
		}
		return []Event{IssueRaised(c)}, true, nil
	case CloseIssue:
		at, found := findIssue(known.Issues, c.Issue)
		switch {
		case !found:
			return nil, true, refusal(domain.NotFound, RuleIssueUnknown, "issue",
				"As at %s no issue %q was raised for the milestone. Check its reference, or raise it first (IssueRaised).", f.AsAt, c.Issue)
		case known.Issues[at].Closed != 0:
			return nil, true, nil
		}
		return []Event{IssueClosed(c)}, true, nil
	case AttachEvidence:
		e := EvidenceAttached(c)
		if slices.ContainsFunc(known.Evidence, func(old Evidence) bool { return old.EvidenceAttached == e }) {
			return nil, true, nil
		}
		return []Event{e}, true, nil
	}
	return nil, false, nil
}
