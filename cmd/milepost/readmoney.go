package main

import (
	"io"

	"milepost.dev/domain/money"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/sums"
)

type readMoneyCommand struct{ documentFlags }

// Help is shown by kong.
func (readMoneyCommand) Help() string {
	return `Reads an investment as a plan writes it, and names the reasons why a person should look. No server is
needed. The flags are what the period of an investment is read by, as in read date.

    milepost read money 'ETTF £1,250,000 17/18 & 18/19'
    milepost read money - <investments.txt

JSON has text, readings (amount, currency, basis, fund, start, end, recurrent) and review. A promise
without an amount has null for amount, currency and basis. A text without money has no readings.
` + readHelp
}

type moneyObject struct {
	Text     string        `json:"text"`
	Readings []moneyResult `json:"readings"`
	Review   []string      `json:"review"`
}

type moneyResult struct {
	Amount    *string `json:"amount"`
	Currency  *string `json:"currency"`
	Basis     *string `json:"basis"`
	Fund      string  `json:"fund"`
	Start     *string `json:"start"`
	End       *string `json:"end"`
	Recurrent *bool   `json:"recurrent"`
}

// Run reads an investment.
func (c *readMoneyCommand) Run(inv *invocation) error {
	return c.read(inv, func(text string, s dates.Settings) any {
		readings, review := sums.Read(text, s)
		o := moneyObject{Text: text, Readings: []moneyResult{}, Review: append([]string{}, review...)}
		for _, r := range readings {
			result := moneyResult{
				said(r.Amount.String()), said(r.Amount.Currency), said(r.Basis.String()), r.Fund,
				said(r.Start.String()), said(r.End.String()), nil,
			}
			if r.Recurrent != money.RecurrentUnsaid {
				recurs := r.Recurrent == money.Recurs
				result.Recurrent = &recurs
			}
			o.Readings = append(o.Readings, result)
		}
		return o
	}, func(w io.Writer, text string, s dates.Settings) {
		readings, review := sums.Read(text, s)
		for _, r := range readings {
			amount := "no amount yet"
			if !r.Amount.IsZero() {
				amount = r.Amount.String() + " " + r.Amount.Currency
			}
			showParts(w, amount, r.Basis.String(), with("from", r.Fund), with("start", r.Start.String()), with("end", r.End.String()),
				[...]string{"", "recurrent", "not recurrent"}[r.Recurrent])
		}
		showReview(w, len(readings), review)
	})
}
