package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Unsynced says that the servers are not known to sync every write before they acknowledge it. With the power of all of them gone at
// once, what was acknowledged could be lost, and nobody would notice.
type Unsynced struct {
	Why     string
	unheard bool // not every server answered, which may be so for a moment alone
}

func (e *Unsynced) Error() string {
	return "the NATS servers are not known to sync every write: " + e.Why +
		". Set `sync_interval: always` in the jetstream block of each server; or start with --accept-unsynced, and every receipt says so"
}

// pingWithin is how long the servers have to answer.
const pingWithin = 2 * time.Second

// told is what a server tells about itself: the part that matters here of the answer to JSZ.
type told struct {
	Server string `json:"server_id"`
	Config struct {
		SyncAlways bool   `json:"sync_always"`
		StoreDir   string `json:"store_dir"`
	} `json:"config"`
	Disabled bool `json:"disabled"`
	Meta     *struct {
		Size int `json:"cluster_size"`
	} `json:"meta_cluster"`
}

// synced says whether every server with JetStream syncs every write. It answers *Unsynced, with the reason, where that is not known.
func (o Options) synced(ctx context.Context) (bool, error) {
	var answers []told
	var err error
	switch {
	case len(o.System.URLs) > 0:
		answers, err = o.askSystem(ctx)
	case len(o.Monitors) > 0:
		answers, err = askMonitors(ctx, o.Monitors)
	default:
		return false, &Unsynced{Why: "neither the system account (--nats-system) nor their monitoring addresses (--nats-monitor) are given, so they cannot be asked"}
	}
	if err != nil {
		return false, err
	}
	size, heard := 1, map[string]bool{}
	for _, a := range answers {
		if a.Disabled {
			continue
		}
		if !a.Config.SyncAlways {
			return false, &Unsynced{Why: "server " + a.Server + " syncs only now and then"}
		}
		heard[a.Server] = true
		if a.Meta != nil {
			size = max(size, a.Meta.Size)
		}
	}
	if len(heard) < size {
		return false, &Unsynced{Why: fmt.Sprintf("%d of %d servers with JetStream answered", len(heard), size), unheard: true}
	}
	return true, nil
}

// askSystem asks all servers at once, over the system account.
func (o Options) askSystem(ctx context.Context) ([]told, error) {
	conn, err := o.System.open(o.Logger)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	inbox := nats.NewInbox()
	answers, err := conn.SubscribeSync(inbox)
	if err == nil {
		err = conn.PublishRequest("$SYS.REQ.SERVER.PING.JSZ", inbox, []byte(`{"config":true}`))
	}
	if err != nil {
		return nil, fmt.Errorf("ask the system account of the NATS servers: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	var all []told
	for {
		m, err := answers.NextMsgWithContext(ctx)
		if err != nil {
			return all, nil // as many as answered in time
		}
		var answer struct {
			Data told `json:"data"`
		}
		if err := json.Unmarshal(m.Data, &answer); err != nil {
			return nil, &Unsynced{Why: "a server's answer cannot be read: " + err.Error()}
		}
		all = append(all, answer.Data)
	}
}

// askMonitors asks each server at its monitoring address.
func askMonitors(ctx context.Context, addresses []string) (all []told, err error) {
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	for _, address := range addresses {
		answer, err := askMonitor(ctx, address)
		if err != nil {
			return nil, &Unsynced{Why: fmt.Sprintf("%s cannot be asked: %v", address, err)}
		}
		all = append(all, answer)
	}
	return all, nil
}

func askMonitor(ctx context.Context, address string) (answer told, err error) {
	const most = 4 << 20 // bytes of an answer
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(address, "/")+"/jsz?config=1", nil)
	if err != nil {
		return answer, err
	}
	client := http.Client{}
	response, err := client.Do(request)
	if err != nil {
		return answer, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("it answers %s", response.Status)
	}
	return answer, json.NewDecoder(io.LimitReader(response.Body, most)).Decode(&answer)
}
