package request

// Rules of reading a request, in the words of domain.Refusal's Rule.
const (
	RuleRequestID           = "request-id-malformed"
	RuleCommandsNumber      = "commands-number"
	RuleCommandMissing      = "command-missing"
	RuleAsAtNotISO          = "as-at-not-iso"
	RuleQuartersUnknown     = "quarters-unknown"
	RuleCommonRatingUnknown = "common-rating-unknown"
	RuleFundingTermsUnknown = "funding-terms-unknown"
	RuleLineOfBoth          = "line-of-both"
	RulePlanWithoutRevision = "plan-without-revision"
	RuleDigestMalformed     = "digest-malformed"
	RuleDayNotISO           = "day-not-iso"
	RuleSourceTooLong       = "source-too-long"
	RuleOfLedger            = "of-ledger"
	RuleImportMalformed     = "import-malformed"
	RuleNotUTF8             = "not-utf8"
	RuleReplacementBeside   = "replacement-beside"
)
