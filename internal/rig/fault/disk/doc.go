// Package disk is a disk that can lose its power: a file system whose whole content is in memory, and
// which tells apart what a program wrote from what it synced. Mounted (Mount), it is an ordinary
// directory for an ordinary process; Cut turns it into what a machine might find there after the power
// came back. It also fails on demand: writes, syncs, renames, opens, a disk that is full or slow, and
// damage behind the program's back.
//
// It is test equipment. No part of the product imports it.
//
// What it promises to a program is no more than Linux does, and what it takes away is what Linux and
// disks are known to take away:
//
//   - Bytes of a file survive a cut when a sync of that file succeeded after they were written. Until
//     then each sector of SectorSize bytes has its old content or any that was written since, apart
//     from every other sector, and a file that grew may hold zeros where it grew.
//   - A sync that fails leaves the pages that it was for clean, as Linux does: the program goes on
//     seeing what it wrote, and no later sync stores it, unless it is written again. As in Linux that
//     goes by pages of PageSize bytes: writing one byte of a page writes all of it.
//   - The entries of a directory survive as the Mode says. A rename is one change: after a cut the file
//     has its old name or its new one, and what it replaced is there or is not.
//   - Modes, owners and times are not lost.
//
// Everything that is left to chance is drawn from a generator or a seed that the caller hands in. The
// same calls in the same order give the same disk.
package disk
