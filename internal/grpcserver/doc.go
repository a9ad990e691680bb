// Package grpcserver is the edge of the service: it says who is connected, reads what they ask, and puts
// what comes of it on the wire. It decides nothing. errors.go has the one function that makes a gRPC
// status of an error; calls.go is what every call passes through.
package grpcserver
