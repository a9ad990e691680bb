package jetstream

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"milepost.dev/eventstore"
)

// The names are part of what is stored: the checksums of records are keyed with them.
const (
	LedgerStream  = "MILEPOST_LEDGER"
	LedgerSubject = "milepost.ledger"
	KeptStream    = "MILEPOST_PARTIES"
	keptSubjects  = "milepost.party."
	WriterStream  = "MILEPOST_WRITER"
	WriterSubject = "milepost.writer.term"
)

// LedgerConfig is how the ledger's stream is set up. One subject, because one fenced sequence is what
// makes a group of requests one flush. No limit of any kind, because a limit forgets. Direct gets are
// off, because they may be answered by a replica that lags.
func LedgerConfig(replicas int) natsjs.StreamConfig {
	c := unlimited(LedgerStream, LedgerSubject, replicas)
	c.Description = "The ledger of milepost. Nothing in it is ever changed or removed."
	c.DenyDelete, c.DenyPurge = true, true
	return c
}

// KeptConfig is how the stream of values that may be erased is set up. It does not keep one message a
// subject: the server removes the ones before without overwriting their bytes, so Put erases them.
func KeptConfig(replicas int) natsjs.StreamConfig {
	c := unlimited(KeptStream, keptSubjects+">", replicas)
	c.Description = "Names behind the party ids of milepost's ledger. They can be erased."
	return c
}

// WriterConfig is how the stream is set up that holds the term of whoever may answer: one message, the newest.
func WriterConfig(replicas int) natsjs.StreamConfig {
	c := unlimited(WriterStream, WriterSubject, replicas)
	c.Description = "The term of the milepost node that writes."
	c.MaxMsgs, c.Discard = 1, natsjs.DiscardOld
	c.DenyDelete, c.DenyPurge = true, true
	return c
}

func unlimited(name, subject string, replicas int) natsjs.StreamConfig {
	return natsjs.StreamConfig{
		Name: name, Subjects: []string{subject}, Replicas: replicas,
		Storage: natsjs.FileStorage, Retention: natsjs.LimitsPolicy, Discard: natsjs.DiscardNew,
		MaxMsgs: -1, MaxBytes: -1, MaxMsgSize: -1, MaxMsgsPerSubject: -1, MaxConsumers: -1,
		// De-duplication is not leaned on and cannot be switched off: the smallest window there is.
		Duplicates: 100 * time.Millisecond,
	}
}

// Drift is a stream that is not set up as it must be. Somebody changed it, or something else has its
// name; what may already have been lost by that, nobody knows.
type Drift struct {
	Stream string
	Fields []DriftField
}

// DriftField is one setting.
type DriftField struct {
	Field      string
	Want, Have string
}

func (d *Drift) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the stream %s is not set up as milepost needs it:", d.Stream)
	for i, f := range d.Fields {
		if i > 0 {
			b.WriteByte(';')
		}
		fmt.Fprintf(&b, " %s is %s and must be %s", f.Field, f.Have, f.Want)
	}
	return b.String()
}

// CheckConfig compares every setting of a stream, also those that a later version of the client knows
// and milepost does not name. It answers *Drift.
func CheckConfig(want, have natsjs.StreamConfig) error {
	// The server notes its own version there.
	have.Metadata = withoutServers(have.Metadata)
	drift := &Drift{Stream: want.Name}
	w, h := reflect.ValueOf(want), reflect.ValueOf(have)
	for i := range w.NumField() {
		a, b := w.Field(i), h.Field(i)
		if isEmpty(a) && isEmpty(b) || reflect.DeepEqual(a.Interface(), b.Interface()) {
			continue
		}
		drift.Fields = append(drift.Fields, DriftField{
			Field: w.Type().Field(i).Name,
			Want:  fmt.Sprint(a.Interface()), Have: fmt.Sprint(b.Interface()),
		})
	}
	if len(drift.Fields) > 0 {
		return drift
	}
	return nil
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice:
		return v.Len() == 0
	default:
		return v.IsZero()
	}
}

func withoutServers(metadata map[string]string) map[string]string {
	own := map[string]string{}
	for k, v := range metadata {
		if !strings.HasPrefix(k, "_nats.") {
			own[k] = v
		}
	}
	return own
}

// Missing is a stream that was to be there: only what makes a store makes it.
type Missing struct{ Stream string }

func (e *Missing) Error() string { return "there is no stream " + e.Stream + " in this account" }

// decisive are the settings that milepost knows to matter. One that a later server adds, with a default of its own, is not
// among them: it must not stop every node when the servers are upgraded.
var decisive = []string{
	"Name", "Subjects", "Retention", "MaxConsumers", "MaxMsgs", "MaxBytes", "Discard", "DiscardNewPerSubject", "MaxAge", "MaxMsgsPerSubject",
	"MaxMsgSize", "Storage", "Replicas", "NoAck", "Mirror", "Sources", "Sealed", "DenyDelete", "DenyPurge", "AllowRollup", "FirstSeq",
	"SubjectTransform", "RePublish", "AllowDirect", "MirrorDirect", "Template", "AllowMsgTTL", "SubjectDeleteMarkerTTL", "AllowMsgCounter",
	"AllowAtomicPublish", "AllowMsgSchedules", "PersistMode", "AllowBatchPublish",
}

// CheckOutside is CheckConfig for a server that somebody else runs. It passes over what an operator may choose.
func CheckOutside(want, have natsjs.StreamConfig) error {
	err := CheckConfig(want, have)
	drift, ok := errors.AsType[*Drift](err)
	if !ok {
		return err
	}
	drift.Fields = slices.DeleteFunc(drift.Fields, func(f DriftField) bool { return !slices.Contains(decisive, f.Field) })
	if len(drift.Fields) == 0 {
		return nil
	}
	return drift
}

// openStream finds the stream, or makes it where o lets it, and refuses one that drifted.
func openStream(ctx context.Context, js natsjs.JetStream, o Options, want natsjs.StreamConfig, mayCreate func() error) (natsjs.Stream, error) {
	stream, err := js.Stream(ctx, want.Name)
	if o.Outside {
		switch {
		case errors.Is(err, natsjs.ErrStreamNotFound):
			return nil, &Missing{Stream: want.Name}
		case err != nil:
			return nil, fmt.Errorf("open stream %s: %w", want.Name, err)
		}
		return stream, CheckOutside(want, stream.CachedInfo().Config)
	}
	if errors.Is(err, natsjs.ErrStreamNotFound) {
		if err := mayCreate(); err != nil {
			return nil, err
		}
		stream, err = js.CreateStream(ctx, want)
	}
	if err != nil {
		return nil, fmt.Errorf("open stream %s: %w", want.Name, err)
	}
	return stream, CheckConfig(want, stream.CachedInfo().Config)
}

// orphaned is the answer to a ledger that is gone while the names beside it are still there.
func orphaned(ctx context.Context, js natsjs.JetStream) error {
	_, err := js.Stream(ctx, KeptStream)
	switch {
	case errors.Is(err, natsjs.ErrStreamNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("look for stream %s: %w", KeptStream, err)
	}
	return &eventstore.Damage{Position: 1, Commit: 1, Reason: "the stream " + LedgerStream + " is gone, and " + KeptStream + " beside it is not"}
}
