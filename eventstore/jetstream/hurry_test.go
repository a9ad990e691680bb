package jetstream_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"milepost.dev/eventstore/jetstream"
)

// A reader whose consumer keeps something back asks for it by number as soon as it is hurried, and goes on with the same consumer when
// that brings it after all.
func TestAReaderInAHurry(t *testing.T) {
	conn, _ := serve(t, t.TempDir())
	log := open(t, conn)
	log.SetStall(time.Hour)
	js := admin(t, conn)
	appendOne := func(number uint64) {
		t.Helper()
		if err := log.Append(t.Context(), number, fmt.Append(nil, "commit ", number)); err != nil {
			t.Fatal(err)
		}
	}
	appendOne(1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	read := make(chan uint64)
	ended := make(chan error, 1)
	go func() {
		ended <- log.Tail(ctx, 1, func(number uint64, data []byte) error {
			if want := fmt.Sprint("commit ", number); string(data) != want {
				return fmt.Errorf("number %d is %q", number, data)
			}
			select {
			case read <- number:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	next := func(want uint64) {
		t.Helper()
		select {
		case got := <-read:
			if got != want {
				t.Fatalf("number %d came where %d was expected", got, want)
			}
		case err := <-ended:
			t.Fatal(err)
		}
	}
	next(1)
	appendOne(2)
	next(2)

	stream, err := js.Stream(ctx, jetstream.LedgerStream)
	if err != nil {
		t.Fatal(err)
	}
	consumer := ""
	for name := range stream.ConsumerNames(ctx).Name() {
		consumer = name
	}
	until := time.Now().Add(time.Hour)
	if _, err := js.PauseConsumer(ctx, jetstream.LedgerStream, consumer, until); err != nil {
		t.Fatal(err)
	}
	appendOne(3)
	appendOne(4)
	hurried := make(chan struct{})
	go func() { // until they have come: the reader may not wait yet when it is hurried first
		defer close(hurried)
		for ctx.Err() == nil {
			log.Hurry()
			select {
			case n := <-read:
				if n == 3 {
					continue
				}
				return
			case <-time.After(10 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}()
	<-hurried
	if _, err := js.ResumeConsumer(ctx, jetstream.LedgerStream, consumer); err != nil {
		t.Fatal(err)
	}
	appendOne(5)
	next(5)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
