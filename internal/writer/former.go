package writer

import (
	"milepost.dev/internal/access"
	"milepost.dev/internal/replica"
	"milepost.dev/internal/request"
)

// former is a request as who the caller was before would have sent it. What was accepted of it is known under that name: who was given
// another one goes on to get the first receipts, and makes no second event.
type former struct {
	actor  string // a party id
	key    request.Key
	looked replica.Looked // on disk
}

// formerly is the request by who the caller was before; nil where they were nobody, or nobody that ever stated anything.
func (w *Writer) formerly(caller *access.Caller, r *request.Request) (*former, error) {
	if caller.Formerly == "" {
		return nil, nil
	}
	actor, ok := w.parties.Find(caller.Formerly)
	if !ok || actor == r.Actor {
		return nil, nil
	}
	f := &former{actor: actor, key: request.KeyOf(actor, r.ID)}
	var err error
	f.looked, err = w.replica.Look(f.key)
	return f, err
}

// takenBefore answers a request that was accepted, or lets it wait with one that is being made durable. False: it is new.
func (l *loop) takenBefore(w *waiter) bool {
	own := former{w.request.Actor, w.request.Key, w.looked}
	for _, as := range []*former{&own, w.before} {
		if as == nil {
			continue
		}
		if a, ok := l.accepted[as.key]; ok {
			l.join(a, w)
			return true
		}
		commit, found, err := l.w.replica.Accepted(as.key, as.looked)
		if err != nil || found {
			w.answer(answer{before: commit, actor: as.actor, replayed: true, err: err})
			return true
		}
	}
	return false
}
