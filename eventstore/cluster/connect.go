package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/jetstream"
)

// Connect says how to reach NATS servers.
type Connect struct {
	URLs        []string // of several servers; a user and its password may be in them
	Credentials string   // file of a user's JWT and seed, as nsc writes it, of the seed of an NKey, or with USER:PASSWORD; empty where there is none
	CA          string   // file of certificates (PEM) that vouch for the servers; empty for those of the system
	Cert, Key   string   // files of the client's certificate and its key (PEM); empty where there is none
}

// connection is a connection that is given up where its server does not answer.
type connection struct {
	*nats.Conn

	mu      sync.Mutex
	forcing bool               // guarded by mu
	there   context.Context    // ends when the connection to the server of now is lost; guarded by mu
	lost    context.CancelFunc // ends it; guarded by mu
}

func newConnection() *connection {
	c := &connection{}
	c.there, c.lost = context.WithCancel(context.Background())
	return c
}

// drop gives up what was asked over the connection that was lost: its answers went with it.
func (c *connection) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost()
	c.there, c.lost = context.WithCancel(context.Background())
}

// Attempt bounds one question: it ends after a while, and as soon as the connection is lost over which it was asked.
func (c *connection) Attempt(ctx context.Context, within time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, within)
	c.mu.Lock()
	there := c.there
	c.mu.Unlock()
	stop := context.AfterFunc(there, cancel)
	return ctx, func() { stop(); cancel() }
}

// Bounds of the connection.
const (
	dialWithin    = 2 * time.Second
	pingEvery     = 2 * time.Second // a server that is paused takes connections and answers nothing
	pingsLost     = 2
	reconnectWait = 100 * time.Millisecond
	tryAgain      = 200 * time.Millisecond
	tryWithin     = 5 * time.Second

	// missingTimes is how often in a row a stream has to be missing before a start believes it: a server that lost its disk may answer for the
	// others before it has caught up with them.
	missingTimes = 15
	// unheardTimes is how often in a row servers have to keep silent about how they sync: they may be looking for each other yet.
	unheardTimes = 3
)

// Dial connects for what is no ledger's, such as measuring servers. It goes on trying in the background where no server answers.
func (c Connect) Dial(logger *slog.Logger) (*nats.Conn, error) {
	conn, err := c.open(logger)
	if err != nil {
		return nil, err
	}
	return conn.Conn, nil
}

// open connects. It goes on trying in the background where no server answers.
func (c Connect) open(logger *slog.Logger) (*connection, error) {
	if len(c.URLs) == 0 {
		return nil, errors.New("no address of a NATS server is given")
	}
	conn := newConnection()
	options := []nats.Option{
		nats.Name("milepost"), nats.NoEcho(), nats.MaxReconnects(-1), nats.ReconnectWait(reconnectWait), nats.ReconnectJitter(reconnectWait, reconnectWait),
		nats.Timeout(dialWithin), nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(pingsLost), nats.RetryOnFailedConnect(true),
		// Nothing is kept back to be sent later: an append that was not sent is repeated by the ledger.
		nats.ReconnectBufSize(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			conn.drop()
			if err != nil {
				logger.Warn("the connection to a NATS server was lost", "reason", err)
			}
		}),
		nats.ReconnectHandler(func(n *nats.Conn) { logger.Info("connected to a NATS server again", "server", n.ConnectedServerName()) }),
		// A server that is about to leave takes no connections any more, so the one that is chosen now is another.
		nats.LameDuckModeHandler(func(n *nats.Conn) {
			logger.Info("a NATS server leaves, and its connection with it", "server", n.ConnectedServerName())
			conn.Reconnect()
		}),
	}
	if c.Credentials != "" {
		user, err := userIn(c.Credentials)
		if err != nil {
			return nil, err
		}
		options = append(options, user)
	}
	if c.CA != "" {
		options = append(options, nats.RootCAs(c.CA))
	}
	if c.Cert != "" || c.Key != "" {
		options = append(options, nats.ClientCert(c.Cert, c.Key))
	}
	to, err := nats.Connect(strings.Join(c.URLs, ","), options...)
	if err != nil {
		return nil, fmt.Errorf("connect to the NATS servers: %w", err)
	}
	conn.mu.Lock()
	defer conn.mu.Unlock()
	conn.Conn = to
	return conn, nil
}

// userIn says who connects, by what is in a file.
func userIn(path string) (nats.Option, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the credentials for the NATS servers: %w", err)
	}
	text := strings.TrimSpace(string(data))
	user, password, pair := strings.Cut(text, ":")
	switch {
	case strings.Contains(text, "NATS USER JWT"):
		return nats.UserCredentials(path), nil
	case strings.HasPrefix(text, "SU") && !pair:
		seed, err := nats.NkeyOptionFromSeed(path)
		if err != nil {
			return nil, fmt.Errorf("the file %s holds no seed of an NKey that can be used: %w", path, err)
		}
		return seed, nil
	case pair && !strings.Contains(text, "\n"):
		return nats.UserInfo(user, password), nil
	}
	return nil, fmt.Errorf("the file %s holds neither a user's JWT and seed (a .creds file), nor the seed of an NKey, nor USER:PASSWORD in one line", path)
}

// Reconnect gives the connection up: a server that lost the others answers nothing, and a client stays with it.
func (c *connection) Reconnect() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Conn == nil || c.forcing || !c.IsConnected() {
		return
	}
	c.forcing = true
	_ = c.ForceReconnect() // its error says that the connection is closed, or is being made anew already
	c.forcing = false
}

// patiently calls f until it succeeds, says what no waiting mends, or openWithin has passed.
func (c *connection) patiently(ctx context.Context, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	for missing, unheard := 0, 0; ; {
		attempt, cancel := context.WithTimeout(ctx, tryWithin)
		err := f(attempt)
		cancel()
		_, lacks := errors.AsType[*jetstream.Missing](err)
		unsynced, _ := errors.AsType[*Unsynced](err)
		switch {
		case lacks && missing < missingTimes:
			missing++
		case unsynced != nil && unsynced.unheard && unheard < unheardTimes:
			unheard++
		case err == nil || settled(err):
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the NATS servers did not answer within %s: %w", openWithin, err)
		case <-time.After(tryAgain):
		}
		if errors.Is(err, context.DeadlineExceeded) {
			c.Reconnect()
		}
	}
}

// settled says whether an error is an answer, and not the lack of one.
func settled(err error) bool {
	return errors.As(err, new(*jetstream.Missing)) || errors.As(err, new(*jetstream.Drift)) || errors.As(err, new(*eventstore.Damage)) ||
		errors.As(err, new(*Unsynced)) || errors.As(err, new(*refused)) || errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrPermissionViolation)
}
