package jetstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"milepost.dev/eventstore"
)

var _ eventstore.Revised = (*Kept)(nil)

// A revision is the sequence of the message.

// GetRevised implements eventstore.Revised.
func (k *Kept) GetRevised(ctx context.Context, key string) (value []byte, revision uint64, err error) {
	subject, err := subjectOf(key)
	if err != nil {
		return nil, 0, err
	}
	m, err := k.stream.GetLastMsgForSubject(ctx, subject)
	switch {
	case errors.Is(err, natsjs.ErrMsgNotFound):
		return nil, 0, nil
	case err != nil:
		return nil, 0, fmt.Errorf("read a kept value: %w", err)
	}
	return m.Data, m.Sequence, nil
}

// AllRevised implements eventstore.Revised.
func (k *Kept) AllRevised(ctx context.Context, yield func(key string, value []byte, revision uint64) error) error {
	values, err := k.load(ctx)
	if err != nil {
		return err
	}
	for key, v := range values {
		if err := yield(key, v.data, v.sequence); err != nil {
			return err
		}
	}
	return nil
}

// Revise implements eventstore.Revised.
func (k *Kept) Revise(ctx context.Context, key string, value []byte, revision uint64, erase bool) (bool, error) {
	subject, err := subjectOf(key)
	if err != nil {
		return false, err
	}
	_, err = k.js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: value}, natsjs.WithExpectStream(KeptStream),
		natsjs.WithExpectLastSequencePerSubject(revision), natsjs.WithRetryAttempts(0))
	if isWrongSequence(err) {
		there, _, look := k.GetRevised(ctx, key)
		if look != nil || !bytes.Equal(there, value) {
			return false, look
		}
		err = nil
	}
	if err != nil {
		return false, fmt.Errorf("keep a value: %w", err)
	}
	if revision == 0 {
		return true, nil
	}
	return true, k.remove(ctx, revision, erase)
}

// remove removes a message that may be gone already.
func (k *Kept) remove(ctx context.Context, sequence uint64, erase bool) error {
	remove := k.stream.DeleteMsg
	if erase {
		remove = k.stream.SecureDeleteMsg
	}
	err := remove(ctx, sequence)
	if err == nil {
		return nil
	}
	if _, look := k.stream.GetMsg(ctx, sequence); errors.Is(look, natsjs.ErrMsgNotFound) {
		return nil
	}
	return fmt.Errorf("erase a value: %w", err)
}
