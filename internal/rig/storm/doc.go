// Package storm attacks a server in a process of its own with everything that somebody without credentials can send, from
// eight addresses at once, while those who are known go on working. Its test says what they noticed. It has no code of its own:
// `make storm` runs the long form, and the everyday tests a short one.
package storm
