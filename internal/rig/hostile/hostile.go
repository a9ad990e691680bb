// Package hostile speaks to a server as no client does that means well: it announces more than it sends, opens connections
// and says nothing, and reads no answers. Tests attack a server with it.
package hostile

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// From says where a connection comes from and how: a local address, which may be empty, and TLS, which may be nil.
type From struct {
	Address string
	TLS     *tls.Config
}

// Dial opens a connection, and says nothing.
func (f From) Dial(ctx context.Context, to string) (net.Conn, error) {
	d := &net.Dialer{}
	if f.Address != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(f.Address)}
	}
	conn, err := d.DialContext(ctx, "tcp", to)
	if err != nil || f.TLS == nil {
		return conn, err
	}
	c := f.TLS.Clone()
	c.NextProtos = []string{"h2"}
	encrypted := tls.Client(conn, c)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return encrypted, nil
}

// Calls is a connection over which calls of gRPC are begun. Begin and Send belong to one goroutine, Next to another.
type Calls struct {
	net.Conn
	framer *http2.Framer
	header bytes.Buffer
	encode *hpack.Encoder
	next   uint32
	mu     sync.Mutex // of writing: Next answers pings
}

// Calls opens a connection and greets the server.
func (f From) Calls(ctx context.Context, to string) (*Calls, error) {
	conn, err := f.Dial(ctx, to)
	if err != nil {
		return nil, err
	}
	c := &Calls{Conn: conn, framer: http2.NewFramer(conn, conn), next: 1}
	c.encode = hpack.NewEncoder(&c.header)
	c.framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	if _, err = io.WriteString(conn, http2.ClientPreface); err == nil {
		err = c.framer.WriteSettings()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return c, nil
}

// Begin sends the headers of a call of a method, such as "/milepost.v1.CommandService/Submit", and names more headers in
// pairs. It answers the stream.
func (c *Calls) Begin(method string, more ...string) (uint32, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.header.Reset()
	fields := append([]string{
		":method", "POST", ":scheme", "http", ":path", method, ":authority", "localhost", "content-type", "application/grpc", "te", "trailers",
	}, more...)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := c.encode.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]}); err != nil {
			return 0, err
		}
	}
	stream := c.next
	c.next += 2
	return stream, c.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: c.header.Bytes(), EndHeaders: true})
}

// Announce begins a message of so many bytes, and sends some of them, which are nothing.
func (c *Calls) Announce(stream uint32, size, send int) error {
	b := make([]byte, 5+send)
	binary.BigEndian.PutUint32(b[1:], uint32(size))
	return c.send(stream, b)
}

// send sends bytes whatever the server has room for, in frames.
func (c *Calls) send(stream uint32, b []byte) error {
	const most = 16 << 10
	for len(b) > 0 {
		n := min(len(b), most)
		c.mu.Lock()
		err := c.framer.WriteData(stream, false, b[:n])
		c.mu.Unlock()
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// Ended is how a call ended.
type Ended struct {
	Stream  uint32
	Status  string // of gRPC, as a number; empty where the stream was reset without one
	Message string
}

// Next waits for the end of the next call. Its error is the end of the connection.
func (c *Calls) Next() (Ended, error) {
	for {
		f, err := c.framer.ReadFrame()
		if err != nil {
			return Ended{}, err
		}
		switch f := f.(type) {
		case *http2.MetaHeadersFrame:
			if !f.StreamEnded() {
				continue
			}
			e := Ended{Stream: f.StreamID}
			for _, h := range f.RegularFields() {
				switch h.Name {
				case "grpc-status":
					e.Status = h.Value
				case "grpc-message":
					e.Message = h.Value
				}
			}
			return e, nil
		case *http2.RSTStreamFrame:
			if f.ErrCode != http2.ErrCodeNo { // which follows a status
				return Ended{Stream: f.StreamID}, nil
			}
		case *http2.SettingsFrame:
			if !f.IsAck() {
				err = c.locked(c.framer.WriteSettingsAck)
			}
		case *http2.PingFrame:
			if !f.IsAck() {
				err = c.locked(func() error { return c.framer.WritePing(true, f.Data) })
			}
		case *http2.GoAwayFrame:
			return Ended{}, fmt.Errorf("the server ends the connection: %s", f.ErrCode)
		}
		if err != nil {
			return Ended{}, err
		}
	}
}

func (c *Calls) locked(write func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return write()
}
