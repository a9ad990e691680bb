package documents

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"milepost.dev/internal/reading/dates"
)

// exports are small exports of tools, each with what is read of its rows: reference, title, workstream, owner, due date, actual, status.
var exports = map[string]struct {
	file, text string
	want       []string
}{
	"smartsheet": {"sheet.csv", `Task Name,Duration,Start,Finish,Predecessors,Assigned To,% Complete,Status,Comments
Sign the lease,5d,2025-03-03,2025-03-07,,Asha Rao,100%,Complete,
Open the shop,0,2025-06-02,2025-06-02,1,Ben Cole,0%,Not Started,`, []string{"|Sign the lease||Asha Rao|2025-03-07||Complete", "|Open the shop||Ben Cole|2025-06-02||Not Started"}},
	"primavera": {"activities.csv", `Activity ID,Activity Name,Original Duration,Start,Finish,Total Float,WBS Name
A1000,Foundations cast,20,03-Mar-25 A,28-Mar-25 A,0,Structure
A1010,Roof on,30,31-Mar-25,09-May-25,5,Structure`, []string{"A1000|Foundations cast|Structure||2025-03-28||", "A1010|Roof on|Structure||2025-05-09||"}},
	"azure-devops": {"items.csv", `ID,Work Item Type,Title,Assigned To,State,Target Date,Area Path
4711,Feature,Payments live,Asha Rao,Active,30/06/2025 00:00:00,Shop
4712,Feature,Refunds live,Ben Cole,New,31/07/2025 00:00:00,Shop`, []string{"4711|Payments live|Shop|Asha Rao|2025-06-30||Active", "4712|Refunds live|Shop|Ben Cole|2025-07-31||New"}},
	"redmine": {"issues.csv", `#,Project,Tracker,Status,Priority,Subject,Assignee,Start date,Due date,% Done
12,Shop,Feature,In Progress,Normal,Payments live,Asha Rao,2025-03-01,2025-06-30,40
13,Shop,Feature,New,Normal,Refunds live,Ben Cole,2025-04-01,2025-07-31,0`, []string{"12|Payments live|Shop|Asha Rao|2025-06-30||In Progress", "13|Refunds live|Shop|Ben Cole|2025-07-31||New"}},
	"asana": {"tasks.csv", `Task ID,Created At,Completed At,Last Modified,Name,Section/Column,Assignee,Assignee Email,Start Date,Due Date,Tags,Notes,Projects,Parent task
120,2025-01-02,2025-03-05,2025-03-05,Sign the lease,Estates,Asha Rao,asha@example.org,2025-02-01,2025-03-07,,,Shop,
121,2025-01-02,,2025-01-02,Open the shop,Estates,Ben Cole,ben@example.org,2025-05-01,2025-06-02,,,Shop,`, []string{"120|Sign the lease|Estates|Asha Rao|2025-03-07|2025-03-05|", "121|Open the shop|Estates|Ben Cole|2025-06-02||"}},
	"trello": {"board.csv", `Card ID,Card Name,Card URL,Card Description,Labels,Members,Due Date,List Name,Board Name
c1,Sign the lease,https://example.org/c1,,,asha,2025-03-07T12:00:00.000Z,Doing,Shop
c2,Open the shop,https://example.org/c2,,,ben,2025-06-02T12:00:00.000Z,To do,Shop`, []string{"c1|Sign the lease|Shop|asha|2025-03-07||Doing", "c2|Open the shop|Shop|ben|2025-06-02||To do"}},
	"monday": {"board.csv", `Shop
,,,,
Name,Person,Status,Timeline - Start,Timeline - End
Sign the lease,Asha Rao,Done,2025-02-01,2025-03-07
Open the shop,Ben Cole,Working on it,2025-05-01,2025-06-02`, []string{"|Sign the lease||Asha Rao|2025-03-07||Done", "|Open the shop||Ben Cole|2025-06-02||Working on it"}},
	"ganttproject": {"plan.csv", `ID,Name,Begin date,End date,Duration,Completion,Cost,Coordinator,Predecessors,Outline number,Resources,Assignments
0,Sign the lease,03/02/2025,07/03/2025,25,100,0,Asha Rao,,1,,
1,Open the shop,19/05/2025,02/06/2025,10,0,0,Ben Cole,0,2,,`, []string{"0|Sign the lease||Asha Rao|2025-03-07||", "1|Open the shop||Ben Cole|2025-06-02||"}},
	"gmpp": {"gmpp.csv", `GMPP ID Number,Project Name,Department,Annual Report Category,Description / Aims,IPA Delivery Confidence Assessment (a five-point scale),Project - Start Date (Latest Approved Start Date),Project - End Date (Latest Approved End Date)
DFT_0001,New harbour,DfT,Infrastructure,It is built.,Amber,01/04/2019,31/03/2027
MOD_0002,New hangar,MOD,Military,It is built too.,Green,01/04/2020,31/12/2028`, []string{"DFT_0001|New harbour|DfT||2027-03-31||", "MOD_0002|New hangar|MOD||2028-12-31||"}},
	"primavera as XER": {"plan.xer", strings.Join([]string{
		"ERMHDR\t19.12\t2025-03-31\tProject\tadmin\tadmin\tdb\tProject Management\tGBP",
		"%T\tPROJECT", "%F\tproj_id\tproj_short_name\tlast_recalc_date", "%R\t1\tSHOP\t2025-03-31 17:00",
		"%T\tPROJWBS", "%F\twbs_id\tproj_id\twbs_name", "%R\t10\t1\tStructure",
		"%T\tRSRC", "%F\trsrc_id\trsrc_name", "%R\t7\tAsha Rao",
		"%T\tTASK", "%F\ttask_id\twbs_id\ttask_type\tstatus_code\ttask_code\ttask_name\tphys_complete_pct\tact_end_date\tearly_end_date\ttarget_end_date",
		"%R\t100\t10\tTT_Task\tTK_Complete\tA1000\tFoundations cast\t100\t2025-03-28 17:00\t\t2025-03-21 17:00",
		"%R\t101\t10\tTT_FinMile\tTK_NotStart\tA1010\tRoof on\t0\t\t2025-05-09 17:00\t2025-05-02 17:00",
		"%T\tTASKRSRC", "%F\ttaskrsrc_id\ttask_id\trsrc_id", "%R\t1\t101\t7", "%E",
	}, "\r\n"), []string{"A1000|Foundations cast|Structure||2025-03-28|2025-03-28|Completed", "A1010|Roof on|Structure|Asha Rao|2025-05-09||Not started"}},
}

// The exports of known tools are known by their headings, and their rows are read as the tool means them.
func TestExportsOfTools(t *testing.T) {
	for name, e := range exports {
		t.Run(name, func(t *testing.T) {
			report, all := readText(t, e.file, []byte(e.text), dates.Settings{})
			profile, _, _ := strings.Cut(name, " ")
			if !slices.ContainsFunc(report.Plan.Notes, func(note string) bool { return strings.Contains(note, "(profile "+profile+")") }) {
				t.Errorf("it was not known: %q", report.Plan.Notes)
			}
			got := toldByRows(all)
			if !slices.Equal(got, e.want) {
				t.Errorf("read as\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(e.want, "\n"))
			}
			if _, ok := ProfileNamed(profile); !ok {
				t.Errorf("there is no profile %s", profile)
			}
		})
	}
}

// toldByRows is what is read of each row: reference, title, workstream, owner, due date, actual date, status.
func toldByRows(all *Collected) (got []string) {
	for _, m := range all.Milestones {
		ref := ""
		if m.RefGiven {
			ref = m.Ref
		}
		due := ""
		if d := m.OfDate(); len(d) == 1 {
			due = d[0].End.String()
		}
		actual := ""
		if len(m.ActualDates) == 1 {
			actual = m.ActualDates[0].End.String()
		}
		got = append(got, fmt.Sprintf("%s|%s|%s|%s|%s|%s|%s", ref, m.Title.Text, m.Workstream.Text, m.Owner.Text, due, actual, m.Status.Text))
	}
	return got
}
