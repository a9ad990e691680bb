package rows

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The columns that milepost knows. Every other column is an attribute of the milestone.
const (
	AsAt         = "as_at" // the day that the row is about; required
	Ref          = "ref"   // the milestone; required
	Title        = "title"
	Workstream   = "workstream"
	Owner        = "owner"
	DeliveryDate = "delivery_date"
	ActualDate   = "actual_date"
	Status       = "status"
	Percent      = "percent"
	Reason       = "reason"
	Source       = "source"

	funding = "funding" // kept as an attribute until money is read
)

var known = []string{AsAt, Ref, Title, Workstream, Owner, DeliveryDate, ActualDate, Status, Percent, Reason, Source}

// IsKnown says whether a column is one that milepost knows, and not an attribute.
func IsKnown(column string) bool { return slices.Contains(known, column) }

// Unreadable is the error of a file that is not a return: no row of it was read.
type Unreadable struct{ message string }

// Error returns a sentence that says what to do about the file.
func (u *Unreadable) Error() string { return u.message }

// columns are the header of a return.
type columns struct {
	names    []string // by place in the file
	headings []string // as they stand in the file
	sorted   []int    // the places in order of name
	place    map[string]int
}

// readColumns reads the header.
func readColumns(s *scanner) (*columns, error) {
	if err := checkStart(s); err != nil {
		return nil, err
	}
	header, err := s.next()
	if err != nil {
		return nil, &Unreadable{fmt.Sprintf("the first row could not be read: %v", err)}
	}
	if len(header.faults) > 0 {
		return nil, &Unreadable{"the first row, which names the columns, is not readable: " + header.faults[0].message}
	}
	c := &columns{place: map[string]int{}}
	c.headings = header.cells
	named, err := nameColumns(header.cells)
	if err != nil {
		return nil, err
	}
	for i, heading := range header.cells {
		name := named[i]
		c.names = append(c.names, keptName(name, heading))
		c.sorted = append(c.sorted, i)
		if name == "" {
			continue
		}
		if first, twice := c.place[name]; twice {
			return nil, &Unreadable{fmt.Sprintf("columns %d and %d are both called %q: rename one of them or take it out", first+1, i+1, name)}
		}
		c.place[name] = i
	}
	for _, name := range []string{AsAt, Ref} {
		if _, there := c.place[name]; !there {
			return nil, &Unreadable{missingColumn(name, header.cells)}
		}
	}
	slices.SortFunc(c.sorted, func(a, b int) int { return strings.Compare(c.names[a], c.names[b]) })
	s.width = len(c.names)
	return c, nil
}

// checkStart passes over a byte order mark, and refuses what the first bytes show to be no CSV in UTF-8.
func checkStart(s *scanner) error {
	start, _ := s.in.Peek(512)
	switch {
	case len(start) == 0:
		return &Unreadable{"the file is empty: its first row must name the columns, of which as_at and ref are required"}
	case bytes.HasPrefix(start, []byte("\ufeff")):
		_, err := s.in.Discard(len("\ufeff"))
		return err
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return &Unreadable{`the file is a workbook: save its sheet as "CSV UTF-8" and push that`}
	}
	if line, _, _ := bytes.Cut(start, []byte("\n")); bytes.IndexByte(line, 0) >= 0 {
		return &Unreadable{`the file is not text in UTF-8: save it as "CSV UTF-8" and push it again`}
	}
	return nil
}

func missingColumn(name string, header []string) string {
	if strings.Contains(strings.Join(header, ","), "\r") {
		return `the lines end as on a very old Macintosh: save the file as "CSV UTF-8" and push it again`
	}
	return fmt.Sprintf("there is no column %q: the first row must name the columns, of which as_at and ref are required", name)
}

// columnName is a heading as milepost compares it: "Delivery date" is "delivery_date".
func columnName(heading string) string {
	name := strings.ToLower(strings.TrimSpace(heading))
	return strings.Map(func(r rune) rune {
		if r == '-' || unicode.IsSpace(r) {
			return '_'
		}
		return r
	}, name)
}

// keptName is the name that a column goes by: ours where milepost knows it, and otherwise the heading as
// written, because the reporter reads it again as the name of an attribute.
func keptName(name, heading string) string {
	if IsKnown(name) || name == funding {
		return name
	}
	return strings.TrimSpace(heading)
}

// called names the column at a place, or nothing where it has no name.
func (c *columns) called(place int) string {
	if place < 0 || place >= len(c.names) {
		return ""
	}
	return c.names[place]
}

// excerpt is the beginning of what somebody wrote, in quotes, for a sentence about it.
func excerpt(text string) string {
	const most = 60
	if len(text) <= most {
		return fmt.Sprintf("%q", text)
	}
	cut := most
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return fmt.Sprintf("%q...", text[:cut])
}
