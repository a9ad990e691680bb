// Package clustered puts a ledger on three NATS servers through faults, with three nodes that share it: processes are killed and
// paused, networks are cut, disks are emptied, while callers of all nodes state and ask. Afterwards everything that was acknowledged
// has to be there, once, where the receipt says; and all answers that are true only of whoever writes have to have an order.
//
// Every process is a real one, on loopback. What goes from one to another passes a link, which a fault may cut.
package clustered
