package cluster

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go"
)

// Beat is what a writer says of itself to the other nodes, twice a second. It is a hint and proves nothing.
type Beat struct {
	Term     uint64 `json:"term"`
	Position uint64 `json:"position"` // of the last record
	Address  string `json:"address"`  // at which it takes gRPC calls
	Over     bool   `json:"over,omitempty"`
	// Opening is the digest of the commit by which it took over, in hexadecimal: two of one term are two histories.
	Opening string `json:"opening,omitempty"`
	// Credentials is the SHA-256 of its credentials file, in hexadecimal; empty where it has none.
	Credentials string `json:"credentials,omitempty"`
	// Key is the id of the key that names are kept under, in hexadecimal.
	Key string `json:"key,omitempty"`
}

// beatSubject is of one ledger: two in one account do not hear each other.
func beatSubject(origin []byte) string { return "milepost.beat." + hex.EncodeToString(origin) }

// Say tells the other nodes of a ledger.
func (s *Store) Say(origin []byte, b Beat) error {
	data, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("say who writes: %w", err)
	}
	if err := s.conn.Publish(beatSubject(origin), data); err != nil {
		return fmt.Errorf("say who writes: %w", err)
	}
	return nil
}

// Hear calls heard with what the writer of a ledger says, one after the other, until Close. What cannot be read is passed over.
func (s *Store) Hear(origin []byte, heard func(Beat)) error {
	_, err := s.conn.Subscribe(beatSubject(origin), func(m *nats.Msg) {
		var b Beat
		if json.Unmarshal(m.Data, &b) == nil {
			heard(b)
		}
	})
	if err != nil {
		return fmt.Errorf("listen to who writes: %w", err)
	}
	return nil
}
