// Package yardstick is what the figures of the bench are divided by: an echo that does not move.
//
// The echo of the product's own server gets faster with everything that the product and its echo share, so that a ratio to it hides
// what was won. So this package holds a copy of what a call passes through on its way into the server and out again, as it was in
// November 2026: admission by headers, places, the token, deadlines, the context of a call, the look for unknown fields, the window of
// a stream. What follows in the server is left out: each request is answered at once with a receipt of the usual size.
//
// It imports nothing of the product but the messages. Do not improve it, and do not mend it: a figure of last year would mean
// something else. Where the product's interceptors learn to do more, the yardstick stays as it is, and the ratio shows what that costs.
//
// The bare echo has no interceptors at all. It says what gRPC and protobuf take on this machine.
package yardstick
