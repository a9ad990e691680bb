// Package sums reads money as people write it in a plan: "ETTF £1,250,000 17/18 & 18/19", "£3 per head from 18/19", "TBC".
// Each Reading is a sum, or a promise whose sum is not stated yet, with its basis, its fund and the days that it is for.
// Amounts are values of package money.
//
// The rules are those of the convention for investments; the comments give their numbers. Read works in this order:
//
//  1. Cut the text into words and numbers, and repair damaged digits (words.go).
//  2. Find the sums (sums.go), and leave out numbers that count something else (counted.go).
//  3. Around each sum, find what it is a sum of (basis.go), whether it comes again (read.go), the days that it is for
//     (dates.go, by package dates), and the fund (funds.go) or else the body that pays (payers.go).
//  4. Where there is no sum, find the promises (promises.go).
//
// Reading is a pure function: the same text and settings give the same result, in any process. Sums are never added up.
package sums
