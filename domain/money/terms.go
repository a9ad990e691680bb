package money

// Basis is what an amount is an amount of.
type Basis uint8

const (
	// Unstated: there is no amount.
	Unstated Basis = iota
	// Total is the whole sum.
	Total
	// PerYear: in each year.
	PerYear
	// PerHead: for each inhabitant.
	PerHead
	// PerPatient: for each patient.
	PerPatient
	// PerPatientPerYear: for each patient, in each year.
	PerPatientPerYear
	// UpTo: not more than.
	UpTo
)

var bases = [...]string{"", "total", "per_year", "per_head", "per_patient", "per_patient_per_year", "up_to"}

// String returns the basis as it is written in JSON: "per_head". It is empty for Unstated.
func (b Basis) String() string {
	if int(b) < len(bases) {
		return bases[b]
	}
	return ""
}

// Recurrent says whether money comes again every year.
type Recurrent uint8

const (
	// RecurrentUnsaid: nobody said.
	RecurrentUnsaid Recurrent = iota
	// Recurs every year.
	Recurs
	// Once, and not again.
	Once
)
