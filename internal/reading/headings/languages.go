package headings

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// languages are headings in other languages than English, without accents. They count where they are the whole heading. Words that mean
// something else at the head of an English table ("Data", "Fine", "Final") are not among them.
var languages = []Names{
	{Title, []string{
		"etapa actividad", "nazev milniku", "nazev ukolu", "ukol", "ukoly", "milnik", "milniky", "cinnost", "cinnosti", "aktivita", "aktivity", "ulohy", "uloha", "cerinte", "sarcina", "sarcini", "activitate", "activitati", "aufgabe", "aufgaben", "meilenstein", "meilensteine", "vorgang", "vorgangsname", "massnahme", "massnahmen", "arbeitspaket", "aktivitat", "aktivitaten", "tatigkeit", "tatigkeiten", "beschreibung", "bezeichnung", "titel",
		"tache", "taches", "jalon", "jalons", "activite", "activites", "intitule", "libelle", "nature livrables", "description du jalon", "titre", "nom de la tache", "nom de tache", "designation",
		"tarea", "tareas", "actividad", "actividades", "hito", "hitos", "nombre de tarea", "nombre de la tarea", "descripcion", "accion", "acciones", "titulo", "nombre",
		"tarefa", "tarefas", "atividade", "atividades", "marco", "marcos", "acao", "acoes", "nome da tarefa", "descricao", "nome",
		"attivita", "compito", "compiti", "descrizione", "titolo", "taak", "mijlpaal", "mijlpalen", "activiteit", "activiteiten", "actie", "acties", "omschrijving",
		"zadanie", "zadania", "nazwa zadania", "kamien milowy", "nazwa", "uppgift", "uppgifter", "aktivitet", "aktiviteter", "opgave", "opgaver", "oppgave", "gorev", "gorevler", "gorev adi", "faaliyet",
		"tugas", "kegiatan", "aktivitas", "cong viec", "nhiem vu", "ten cong viec", "hoat dong",
		"任务", "任务名称", "工作内容", "工作任务", "里程碑", "事项", "活动", "任務", "タスク", "タスク名", "作業", "作業内容", "マイルストーン", "작업", "업무", "작업명", "마일스톤",
		"задача", "задачи", "веха", "мероприятие", "наименование", "название", "название задачи",
	}},
	{Owner, []string{
		"bearbeitet von", "verantwortlich", "vlastnik", "odpovida", "zodpovedny", "odpovedna osoba", "resitel", "zodpovida", "responsabil", "personal asignado", "personas asignadas", "recurso asignado", "integrante", "integrantes", "participantes", "verantwortlicher", "verantwortliche", "zustandig", "zustandigkeit", "bearbeiter", "wer", "zugewiesen an", "responsable", "responsables", "pilote", "porteur", "assigne a", "affecte a", "attribue a", "attribuee a", "assignation", "asignacion",
		"encargado", "encargados", "asignado a", "asignado", "quien", "responsavel", "responsaveis", "atribuido a", "quem", "responsabile", "responsabili", "assegnato a", "verantwoordelijke", "eigenaar", "toegewezen aan",
		"odpowiedzialny", "osoba odpowiedzialna", "wykonawca", "ansvarig", "ansvarlig", "sorumlu", "penanggung jawab", "nguoi thuc hien", "nguoi phu trach", "负责人", "责任人", "担当", "担当者", "담당자", "담당", "ответственный", "исполнитель",
	}},
	{Date, []string{
		"termin", "falligkeit", "zeitplanung", "zeitplan", "zeitraum", "termine", "termin splneni", "datum splneni", "lhuta", "fallig", "fallig am", "falligkeitsdatum", "frist", "zieltermin", "datum", "bis wann", "echeance", "date d echeance", "date limite", "date cible", "delai", "date prevue",
		"fecha", "fecha limite", "fecha de entrega", "fecha entrega", "plazo", "vencimiento", "fecha de vencimiento", "fecha prevista", "fecha objetivo", "cuando", "prazo", "data limite", "data de entrega", "data prevista", "vencimento", "quando",
		"scadenza", "data di scadenza", "data scadenza", "vervaldatum", "streefdatum", "wanneer", "termin wykonania", "forfallsdato", "tarih", "tenggat", "han", "thoi han", "han hoan thanh", "截止日期", "截止时间", "日期", "期限", "期日", "納期", "마감일", "기한", "срок", "сроки", "дата", "дедлайн", "срок выполнения",
	}},
	{Start, []string{
		"beginn", "anfang", "start des plans", "planstart", "start geplant", "geplant start", "inicio del plan", "inicio do plano", "debut du plan", "inizio del piano", "zacatek", "datum zahajeni", "zahajeni", "von", "debut prevu", "debut prevue", "date debut prevue", "date de debut prevue", "inicio previsto", "inicio planificado", "inicio planeado", "geplanter beginn", "geplanter start", "startdatum", "anfangsdatum", "starttermin", "debut", "date de debut", "date debut", "inicio", "fecha de inicio", "fecha inicio", "fecha inicial", "comienzo", "data de inicio", "data inicio", "data inicial",
		"inizio", "data inizio", "data di inizio", "begindatum", "poczatek", "rozpoczecie", "data rozpoczecia", "startdato", "baslangic", "baslangic tarihi", "mulai", "tanggal mulai", "bat dau", "ngay bat dau",
		"开始", "开始时间", "开始日期", "開始", "開始日", "시작일", "시작", "начало", "дата начала",
	}},
	{Finish, []string{
		"ende", "enddatum", "konec", "datum ukonceni", "ukonceni", "dokonceni", "date de fin prevue", "date fin prevue", "fin previsto", "fin planificado", "fin planeado", "fim previsto", "termino previsto", "geplantes ende", "bis", "endtermin", "fertigstellung", "abschluss", "fin", "date de fin", "date fin", "fin prevue", "date de fin prevue", "fecha de fin", "fecha fin", "termino", "fecha de termino", "fecha final", "fecha de finalizacion", "finalizacion",
		"fim", "data de termino", "data termino", "data de fim", "data fim", "data final", "conclusao", "data de conclusao", "data fine", "data di fine", "einddatum", "eind", "einde", "koniec", "zakonczenie", "data zakonczenia", "slutdatum", "slutdato", "bitis", "bitis tarihi", "selesai", "tanggal selesai", "ket thuc", "ngay ket thuc",
		"结束", "结束时间", "结束日期", "完成时间", "終了", "終了日", "종료일", "종료", "완료일", "окончание", "дата окончания", "конец", "завершение", "дата завершения",
	}},
	{Further, []string{"tatsachlicher start", "tatsachlicher beginn", "ist beginn", "ist start", "inicio real", "inicio efetivo", "debut reel", "inizio effettivo", "aktuelles datum", "fecha actual", "date du jour"}},
	{Actual, []string{"erledigt am", "abgeschlossen am", "ist termin", "tatsachliches ende", "date de realisation", "date reelle", "fin reelle", "date de fin reelle", "termine le", "fecha real", "fecha de fin real", "fecha real de fin", "data real", "concluido em", "data effettiva", "实际完成时间", "実績終了日"}},
	{Status, []string{"stand", "zustand", "statut", "etat", "etat d avancement", "estado", "estatus", "situacion", "situacao", "stato", "stan", "durum", "trang thai", "状态", "状態", "ステータス", "상태", "статус", "состояние"}},
	{Percent, []string{"fortschritt", "projektfortschritt", "projektfortschritt in %", "fortschritt in %", "stav %", "prozent abgeschlossen", "prozent erledigt", "prozent fertig", "% erledigt", "porcentagem concluida", "percentuale completamento", "pourcentage accompli", "pourcentage acheve", "% abgeschlossen", "abgeschlossen %", "fertig %", "avancement", "% avancement", "avancement %", "% realise", "avance", "% avance", "% de avance", "progreso", "% completado", "completado", "porcentaje", "porcentaje completado", "progresso", "% concluido", "% concluida", "% completamento", "avanzamento", "voortgang", "% gereed", "% voltooid", "postep", "ilerleme", "tien do", "进度", "完成度", "進捗", "進捗率", "진행률", "прогресс", "готовность"}},
	{Deliverable, []string{"ergebnis", "ergebnisse", "livrable", "livrables", "entregable", "entregables", "entregavel", "entregaveis"}},
	{Scheme, []string{"fase", "fases", "etapa", "etapas", "objetivo", "objetivos", "objectif", "objectifs", "ziel", "ziele", "obiettivo", "obiettivi", "阶段", "этап"}},
	{Workstream, []string{"teilprojekt", "bereich", "chantier", "domaine", "ambito"}},
	{Ref, []string{"nr", "lfd nr", "nummer", "numero", "nro", "num", "序号", "编号", "番号", "번호"}},
}

var inLanguages = func() map[string]Field {
	found := map[string]Field{}
	for _, s := range languages {
		for _, words := range s.Words {
			found[plain(words)] = s.Field
		}
	}
	return found
}()

// InLanguage returns the field of which words, as Key gives them, are a name in another language than English.
func InLanguage(words string) (Field, bool) {
	if len(words) > 60 {
		return Unread, false
	}
	f, ok := inLanguages[plain(words)]
	return f, ok
}

var letters = strings.NewReplacer("ß", "ss", "ø", "o", "ł", "l", "ı", "i", "đ", "d", "æ", "ae", "œ", "oe")

// plain is words without accents.
func plain(words string) string {
	if !strings.ContainsFunc(words, func(c rune) bool { return c > unicode.MaxASCII }) {
		return words
	}
	return letters.Replace(strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return c
	}, norm.NFD.String(words)))
}
