package client

import (
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// Conn is the connection itself, for those who speak to services that have no method here.
func (c *Client) Conn() grpc.ClientConnInterface { return c.conn }

// Explain makes a *Error of what a call over Conn came to. An error of another kind stays as it is.
func (c *Client) Explain(err error) error {
	if _, ok := status.FromError(err); !ok {
		return err
	}
	return c.explain(err)
}
