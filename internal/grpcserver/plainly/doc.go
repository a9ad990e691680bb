// Package plainly reads and writes by hand the messages that nearly every call consists of: a request that states one delivery date, and
// the receipt that answers it. Protobuf's own code makes an object of each message and each text, and finds each field by a table: of what a
// pushed request cost, that was a fifth.
//
// What this package does not know it leaves to protobuf: any other command, a field that it has no case for, a field that stands
// twice, text that is not UTF-8. So what a message means is decided in one place, and a test compares the two for anything that
// bytes can be.
package plainly
