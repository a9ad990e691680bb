// Package writer decides what is accepted, and makes it durable. It exists only while this process may write.
//
// Submit reads a request (package request) and puts it in the queue of the writer loop (loop.go), the one goroutine
// that decides. The loop decides each waiting request on the book and on what is pending (working.go), gathers what
// is accepted, and hands it to the appender, which makes it durable in one commit. Only then does anybody get an
// answer that rests on it. What is durable goes to the replica, which the loop owns until the writer is closed.
//
// Questions are answered from the replica's book; nothing here waits for them. DESIGN.md beside this file says what
// the loop may rely on, and why it has so few moving parts.
package writer
