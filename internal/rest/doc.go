// Package rest serves the API as JSON over HTTP, for programs that have no gRPC. It is a client of the server
// like any other: each request becomes a call, so that nobody may do here what they may not do there. Which path
// is which call is in api/milepost/v1/rest.yaml; the code below milepost/v1 and the OpenAPI document are made
// from it by `make proto`.
package rest
