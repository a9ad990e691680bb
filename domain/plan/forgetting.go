package plan

import (
	"maps"

	"milepost.dev/domain"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/milestone"
)

// ToBeForgotten says that somebody asked that a name be forgotten. Like all events of this file it is of no plan, and stands
// under OfLedger.
type ToBeForgotten struct {
	Party         milestone.Party
	Actor, Person milestone.Party // who asked, and the person who answers for them; the latter may be empty
	Reason        string
}

// EpochBegun says that names are kept under another key from now on, and who is forgotten: of them nothing is kept under it.
type EpochBegun struct {
	Key               [16]byte // its random id
	Forgotten         []milestone.Party
	RetiresRequestKey bool
	Actor             milestone.Party // who confirmed it
	Reason            string
}

// EpochComplete says that all other names are kept under the new key, so that the older keys can be destroyed.
type EpochComplete struct{ Key [16]byte }

// EventName is that of the ledger's EventType.
func (ToBeForgotten) EventName() string { return "ToBeForgotten" }

// EventName is that of the ledger's EventType.
func (EpochBegun) EventName() string { return "EpochBegun" }

// EventName is that of the ledger's EventType.
func (EpochComplete) EventName() string { return "EpochComplete" }

// Why is the reason that was given.
func (e ToBeForgotten) Why() string { return e.Reason }

// Why is the reason that was given.
func (e EpochBegun) Why() string { return e.Reason }

// Parties are the one that is to be forgotten, and who asked. EpochBegun has no such method: of those that it names no name is to
// be looked for.
func (e ToBeForgotten) Parties() []milestone.Party {
	named := []milestone.Party{e.Party, e.Actor}
	if e.Person != "" {
		named = append(named, e.Person)
	}
	return named
}

// AskToForget asks that a name be forgotten. BeginEpoch confirms it, or has another reason to replace the key; CompleteEpoch says that
// everything is kept under the new key. The server states the last two, for the people who asked and confirmed: no request holds them.
type (
	AskToForget struct {
		Party, Person milestone.Party
		Reason        string
	}
	BeginEpoch    EpochBegun
	CompleteEpoch EpochComplete
)

// CommandName is the name by which people know it.
func (AskToForget) CommandName() string { return "ToBeForgotten" }

// CommandName is the name by which people know it.
func (BeginEpoch) CommandName() string { return "EpochBegun" }

// CommandName is the name by which people know it.
func (CompleteEpoch) CommandName() string { return "EpochComplete" }

// The rules about forgetting.
const (
	// RuleForgetAlone: who confirms is the one who asked.
	RuleForgetAlone = "forget-alone"
	// RuleForgetNotAsked: nobody asked for it.
	RuleForgetNotAsked = "forget-not-asked"
	// RuleForgetReason: there is no reason.
	RuleForgetReason = "forget-reason-missing"
	// RuleForgotten: it was forgotten before.
	RuleForgotten = "party-forgotten"
)

// Epoch is the key that names are kept under, as the ledger tells of it.
type Epoch struct {
	Key               [16]byte // its id; zero where nobody was ever forgotten, and the ledger knows of no key
	Begun             bool
	Complete          bool // everything is kept under it
	RetiresRequestKey bool
	Actor             milestone.Party // for whom it was begun
}

// forgetting is what the ledger holds of it. A fold never changes one that another fold holds.
type forgetting struct {
	asked     map[milestone.Party]ToBeForgotten
	forgotten map[milestone.Party]bool
	epoch     Epoch
	retired   uint64 // the position at which a request key was last replaced
}

// Epoch is the one that was begun last.
func (s State) Epoch() Epoch {
	if s.forgetting == nil {
		return Epoch{}
	}
	return s.forgetting.epoch
}

// Forgotten says whether a party's name was forgotten.
func (s State) Forgotten(p milestone.Party) bool {
	return s.forgetting != nil && s.forgetting.forgotten[p]
}

// AllForgotten are the parties whose names were forgotten. The caller must not change it.
func (s State) AllForgotten() map[milestone.Party]bool {
	if s.forgetting == nil {
		return nil
	}
	return s.forgetting.forgotten
}

// ToForget is who asked that a party be forgotten, where nobody has confirmed it yet.
func (s State) ToForget(p milestone.Party) (ToBeForgotten, bool) {
	if s.forgetting == nil {
		return ToBeForgotten{}, false
	}
	asked, ok := s.forgetting.asked[p]
	return asked, ok
}

// RequestKeyRetired is the position up to which requests were digested under a key that is gone; 0 where none is.
func (s State) RequestKeyRetired() uint64 {
	if s.forgetting == nil {
		return 0
	}
	return s.forgetting.retired
}

// forget follows what is told of names, in the order in which it was told.
func (s *State) forget(e Event, position uint64) {
	next := forgetting{}
	if s.forgetting != nil {
		next = *s.forgetting
	}
	switch e := e.(type) {
	case ToBeForgotten:
		next.asked = with(next.asked, e.Party, e)
	case EpochBegun:
		next.asked, next.forgotten = maps.Clone(next.asked), maps.Clone(next.forgotten)
		for _, p := range e.Forgotten {
			delete(next.asked, p)
			next.forgotten = with(next.forgotten, p, true)
		}
		next.epoch = Epoch{Key: e.Key, Begun: true, RetiresRequestKey: e.RetiresRequestKey, Actor: e.Actor}
	case EpochComplete:
		if next.epoch.Key == e.Key {
			next.epoch.Complete = true
			if next.epoch.RetiresRequestKey {
				next.retired = position
			}
		}
	}
	s.forgetting = &next
}

func with[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	m = maps.Clone(m)
	if m == nil {
		m = map[K]V{}
	}
	m[key] = value
	return m
}

func (c *check) whyForgotten(reason string) {
	if reason == "" {
		c.refuse(RuleForgetReason, "reason", "The reason is missing. Say why, and on what basis; name nobody in it.")
	}
	c.reason(reason)
}

func decideAsk(s State, cmd AskToForget, f Facts) ([]Event, error) {
	if err := f.knownPerson(); err != nil {
		return nil, err
	}
	if s.Forgotten(cmd.Party) {
		return nil, domain.Refuse(domain.Refused, RuleForgotten, "name", "It was forgotten before.")
	}
	if _, asked := s.ToForget(cmd.Party); asked {
		return nil, nil
	}
	return []Event{ToBeForgotten{Party: cmd.Party, Actor: f.Actor, Person: f.Person, Reason: cmd.Reason}}, nil
}

func decideEpoch(s State, cmd BeginEpoch, f Facts) ([]Event, error) {
	for _, p := range cmd.Forgotten {
		asked, ok := s.ToForget(p)
		switch {
		case s.Forgotten(p):
			return nil, domain.Refuse(domain.Refused, RuleForgotten, "name", "It was forgotten before.")
		case !ok:
			return nil, domain.Refuse(domain.Refused, RuleForgetNotAsked, "confirm", "Nobody asked that this name be forgotten. Ask first, without confirming: then another person confirms.")
		}
		if err := f.another(s, asked); err != nil {
			return nil, err
		}
	}
	cmd.Actor = f.Actor
	return []Event{EpochBegun(cmd)}, nil
}

func decideComplete(s State, cmd CompleteEpoch) ([]Event, error) {
	if e := s.Epoch(); e.Key != cmd.Key || e.Complete {
		return nil, nil
	}
	return []Event{EpochComplete(cmd)}, nil
}

// knownPerson refuses a caller of whom it is not known which person they are.
func (f Facts) knownPerson() error {
	switch {
	case f.SingleUser:
		return nil
	case f.Local:
		return domain.Refuse(domain.Denied, baseline.RuleSingleUser, "",
			"This server does not know who calls, so that nobody can confirm what another person asked for. Give it a credentials file or, where one person works alone, start it with `milepost serve --single-user`.")
	case f.Person == "":
		return domain.Refuse(domain.Denied, baseline.RulePersonMissing, "",
			"A name is forgotten by two persons, and your entry in the server's credentials names none. Have it say which person answers for you.")
	}
	return nil
}

// another refuses to confirm what the same person asked for.
func (f Facts) another(s State, asked ToBeForgotten) error {
	if err := f.knownPerson(); err != nil || f.SingleUser {
		return err
	}
	for _, one := range []milestone.Party{f.Actor, f.Person} {
		for _, other := range []milestone.Party{asked.Actor, asked.Person} {
			if other != "" && s.Kept(one) == s.Kept(other) {
				return domain.Refuse(domain.Denied, RuleForgetAlone, "confirm", "You asked that it be forgotten. Another person has to confirm it.")
			}
		}
	}
	return nil
}
