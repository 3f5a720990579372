"""The closed lists of the field: code, labels (en, fr, ru, ar) and the standard's own term.

Codes are stored and never reused. Arabic labels of hazard terms await review by a specialist (`unreviewed`).
"""

from __future__ import annotations

from tetrapylon.model.vocabulary import Vocabulary, unreviewed

# --- parties, sources, statements ---------------------------------------------------------------------------------


class PartyKind(Vocabulary):
    """What a party is. Named as it named itself then, alphabetically, without flags."""

    AUTHORITY = "authority", "national authority", "autorité nationale", "национальный орган", "سلطة وطنية"
    ANTIQUITIES = (
        "antiquities",
        "antiquities authority",
        "service des antiquités",
        "орган охраны древностей",
        "سلطة الآثار",
    )
    OPERATOR = "operator", "clearance operator", "opérateur de dépollution", "оператор разминирования", "مشغل إزالة"
    ARMED_FORCE = "armed_force", "armed force", "force armée", "вооружённые силы", "قوة مسلحة"
    QA_BODY = "qa_body", "quality body", "organe de contrôle qualité", "орган контроля качества", "هيئة ضبط الجودة"
    INTERGOVERNMENTAL = (
        "intergovernmental",
        "intergovernmental body",
        "organisation intergouvernementale",
        "межправительственная организация",
        "منظمة حكومية دولية",
    )
    RESEARCH = "research", "research or restoration body", "organisme de recherche", "научная организация", "هيئة بحثية"
    DONOR = "donor", "donor", "bailleur", "донор", "جهة مانحة"
    MEDIA = "media", "news outlet", "média", "СМИ", "وسيلة إعلام"
    OFFICE = "office", "public office holder", "titulaire d'une charge publique", "должностное лицо", "صاحب منصب عام"
    OTHER = "other", "other", "autre", "другое", "أخرى"


class MandateMatter(Vocabulary):
    """What a mandate gives authority over."""

    LAND_RELEASE = (
        "land_release",
        "release of land",
        "remise des terres",
        "передача земель",
        "الإفراج عن الأراضي",
        "IMAS 07.11",
    )
    ACCESS = "access", "access to structures", "accès aux structures", "доступ к объектам", "الوصول إلى المنشآت"
    HERITAGE_CONSENT = (
        "heritage_consent",
        "consent to works",
        "accord pour travaux",
        "согласие на работы",
        "الموافقة على الأعمال",
    )
    DISPOSAL = (
        "disposal",
        "disposal of ordnance",
        "destruction de munitions",
        "уничтожение боеприпасов",
        "إتلاف الذخائر",
    )
    SETTLEMENT = (
        "settlement",
        "settling contradictions",
        "règlement des contradictions",
        "разрешение противоречий",
        "حسم التناقضات",
    )
    DOCTRINE = "doctrine", "thresholds of restoration", "seuils de restauration", "пороги реставрации", "عتبات الترميم"


class SourceKind(Vocabulary):
    """Kind of a published or received source."""

    PRESS = "press", "press", "presse", "пресса", "صحافة"
    STATEMENT = "statement", "official statement", "déclaration officielle", "официальное заявление", "بيان رسمي"
    OFFICIAL = "official", "official document", "document officiel", "официальный документ", "وثيقة رسمية"
    REPORT = "report", "report", "rapport", "отчёт", "تقرير"
    SATELLITE = (
        "satellite",
        "satellite analysis",
        "analyse satellitaire",
        "анализ спутниковых снимков",
        "تحليل صور الأقمار",
    )
    DATASET = "dataset", "data set", "jeu de données", "набор данных", "مجموعة بيانات"
    REFERENCE = "reference", "reference work", "ouvrage de référence", "справочник", "مرجع"
    SCHOLARLY = "scholarly", "scholarly work", "travail savant", "научная работа", "عمل علمي"
    FIELD = "field", "field record", "relevé de terrain", "полевая запись", "سجل ميداني"
    OTHER = "other", "other", "autre", "другое", "أخرى"


class Access(Vocabulary):
    """How much of a source could be read."""

    FULL = "full", "read in full", "lu en entier", "прочитано полностью", "قرئ كاملاً"
    EXCERPT = "excerpt", "read in part", "lu en partie", "прочитано частично", "قرئ جزئياً"
    NOT_READ = "not_read", "not read", "non lu", "не прочитано", "لم يقرأ"


class Certainty(Vocabulary):
    """How sure that the source says so. Never a measure of truth, and no engine reads it as one."""

    HIGH = "high", "high", "élevée", "высокая", "عالية"
    MEDIUM = "medium", "medium", "moyenne", "средняя", "متوسطة"
    LOW = "low", "low", "faible", "низкая", "منخفضة"


class LineageCertainty(Vocabulary):
    """How sure that one statement retells another."""

    CERTAIN = "certain", "certain", "certaine", "несомненно", "مؤكد"
    PROBABLE = "probable", "probable", "probable", "вероятно", "محتمل"
    PROPOSED = "proposed", "proposed by a rule", "proposée par une règle", "предложено правилом", "مقترح آلياً"


# --- places and structures ----------------------------------------------------------------------------------------


class PlaceKind(Vocabulary):
    """Kind of a named place."""

    DISTRICT = "district", "district", "district", "район", "منطقة"
    AREA = "area", "area", "zone", "участок", "مساحة"
    ROAD = "road", "road", "route", "дорога", "طريق"
    SITE = "site", "site", "site", "объект", "موقع"


class StructureRole(Vocabulary):
    """Whether a structure is a whole, an element of one, or a movable object."""

    WHOLE = "whole", "structure", "structure", "сооружение", "منشأة", "CRM E22"
    ELEMENT = "element", "element of a structure", "élément", "элемент", "عنصر"
    OBJECT = "object", "movable object", "objet mobile", "движимый предмет", "قطعة منقولة"
    GROUP = "group", "group of structures", "ensemble", "комплекс", "مجموعة"


@unreviewed("ar")
class VoidKind(Vocabulary):
    """What can hide an item beside open ground."""

    VOID = "void", "wall void", "vide de maçonnerie", "полость в стене", "فراغ في الجدار"
    RUBBLE = "rubble", "rubble", "décombres", "завал", "أنقاض"


# --- hazards ------------------------------------------------------------------------------------------------------


@unreviewed("ar")
class HazardKind(Vocabulary):
    """What a hazard report speaks of (IMAS 04.10 terms where they exist)."""

    MINE = "mine", "mine", "mine", "мина", "لغم", "IMAS 04.10 mine"
    IED = (
        "ied",
        "improvised explosive device",
        "engin explosif improvisé",
        "самодельное взрывное устройство",
        "عبوة ناسفة مبتكرة",
        "IMAS 04.10 IED",
    )
    BOOBY_TRAP = "booby_trap", "booby-trap", "piège", "мина-ловушка", "شرك خداعي", "IMAS 04.10 booby trap"
    UXO = (
        "uxo",
        "unexploded ordnance",
        "munition non explosée",
        "неразорвавшийся боеприпас",
        "ذخيرة غير منفجرة",
        "IMAS 04.10 UXO",
    )
    AXO = "axo", "abandoned ordnance", "munition abandonnée", "оставленный боеприпас", "ذخيرة متروكة", "IMAS 04.10 AXO"
    CLUSTER = (
        "cluster",
        "cluster munition remnant",
        "reste de sous-munition",
        "остаток кассетного боеприпаса",
        "مخلفات ذخائر عنقودية",
        "IMAS 04.10 cluster munition",
    )
    UNKNOWN = "unknown", "kind not stated", "type non précisé", "вид не указан", "النوع غير مذكور"
    CLEARANCE = (
        "clearance",
        "clearance reported",
        "dépollution signalée",
        "сообщение о разминировании",
        "إزالة مبلغ عنها",
    )
    INCIDENT = "incident", "incident", "incident", "происшествие", "حادث"
    ACCESS = "access", "access limited or denied", "accès limité ou refusé", "доступ ограничен", "الوصول مقيد أو مرفوض"


@unreviewed("ar")
class AreaClassification(Vocabulary):
    """Classification of a hazard area (IMAS 08.10)."""

    SHA = (
        "sha",
        "suspected hazardous area",
        "zone soupçonnée dangereuse",
        "район предполагаемой опасности",
        "منطقة خطرة مشتبه بها",
        "IMAS 04.10 SHA",
    )
    CHA = (
        "cha",
        "confirmed hazardous area",
        "zone dangereuse confirmée",
        "район подтверждённой опасности",
        "منطقة خطرة مؤكدة",
        "IMAS 04.10 CHA",
    )
    DEFINED = (
        "dha",
        "defined hazardous area",
        "zone dangereuse délimitée",
        "обозначенный опасный район",
        "منطقة خطرة محددة",
        "IMAS 04.10 DHA",
    )


class AreaStatus(Vocabulary):
    """Status of a hazard area."""

    OPEN = "open", "open", "ouverte", "открыт", "مفتوحة"
    WORKED_ON = "worked_on", "worked on", "en cours", "в работе", "قيد العمل"
    CLOSED = "closed", "closed", "close", "закрыт", "مغلقة"
    REOPENED = "reopened", "reopened", "rouverte", "вновь открыт", "أعيد فتحها"


@unreviewed("ar")
class Evidence(Vocabulary):
    """Direct or indirect evidence of explosive ordnance (IMAS 08.10)."""

    DIRECT = "direct", "direct", "directe", "прямое", "مباشر"
    INDIRECT = "indirect", "indirect", "indirecte", "косвенное", "غير مباشر"


@unreviewed("ar")
class SearchMethod(Vocabulary):
    """How ground or a structure is searched or cleared."""

    MANUAL = (
        "manual",
        "manual with detector",
        "manuelle au détecteur",
        "ручной с детектором",
        "يدوي بالكاشف",
        "IMAS 09.10",
    )
    EXCAVATION = "excavation", "manual excavation", "excavation manuelle", "ручная выемка", "حفر يدوي"
    DOGS = "dogs", "detection dogs", "chiens détecteurs", "минно-розыскные собаки", "كلاب الكشف", "IMAS 09.40"
    RATS = "rats", "detection rats", "rats détecteurs", "крысы-сапёры", "جرذان الكشف"
    MACHINE = "machine", "machine", "machine", "машина", "آلة", "IMAS 09.50"
    ROBOT = "robot", "remote-controlled robot", "robot télécommandé", "дистанционно управляемый робот", "روبوت"
    BATTLE_AREA = (
        "battle_area",
        "battle area clearance",
        "dépollution de zone de combat",
        "очистка района боевых действий",
        "تطهير ساحة المعركة",
        "IMAS 09.11",
    )
    BUILDING = (
        "building",
        "building search",
        "fouille de bâtiment",
        "обследование зданий",
        "تفتيش المباني",
        "IMAS 09.13",
    )
    VISUAL = "visual", "visual search", "recherche visuelle", "визуальный осмотр", "بحث بصري"
    NTS = (
        "nts",
        "non-technical survey",
        "enquête non technique",
        "нетехническое обследование",
        "مسح غير تقني",
        "IMAS 08.10",
    )
    TS = "ts", "technical survey", "enquête technique", "техническое обследование", "مسح تقني", "IMAS 08.20"
    SPOT_TASK = (
        "spot_task",
        "EOD spot task",
        "tâche ponctuelle de NEDEX",
        "точечная задача EOD",
        "مهمة إتلاف موضعية",
        "IMAS 09.30",
    )


class ClaimPeriod(Vocabulary):
    """What stretch of work a stated clearance figure covers."""

    CUMULATIVE = "cumulative", "running total", "total cumulé", "нарастающий итог", "مجموع تراكمي"
    ONE_DAY = "one_day", "one day", "un jour", "за один день", "يوم واحد"
    AT_DATE = "at_date", "as at the date", "à la date", "на дату", "حتى التاريخ"


@unreviewed("ar")
class ReleaseKind(Vocabulary):
    """How land is released (IMAS 07.11)."""

    CANCELLED = (
        "cancelled",
        "cancelled",
        "annulée",
        "снято с учёта",
        "ملغاة",
        "IMAS 07.11 cancelled by non-technical survey",
    )
    REDUCED = "reduced", "reduced", "réduite", "сокращено", "مخفضة", "IMAS 07.11 reduced by technical survey"
    CLEARED = "cleared", "cleared", "dépolluée", "очищено", "مطهرة", "IMAS 07.11 cleared to a specified area and depth"


class DepthDatum(Vocabulary):
    """What a clearance depth is measured from."""

    RUBBLE_TOP = "rubble_top", "top of the rubble", "sommet des décombres", "верх завала", "أعلى الأنقاض"
    PRE_EVENT_GROUND = (
        "pre_event_ground",
        "ground before the event",
        "sol d'avant l'événement",
        "грунт до события",
        "سطح الأرض قبل الحدث",
    )
    PRESENT_SURFACE = "present_surface", "present surface", "surface actuelle", "нынешняя поверхность", "السطح الحالي"


@unreviewed("ar")
class OrdnanceCategory(Vocabulary):
    """Category of an item found."""

    AP_MINE = "ap_mine", "anti-personnel mine", "mine antipersonnel", "противопехотная мина", "لغم مضاد للأفراد"
    AV_MINE = "av_mine", "anti-vehicle mine", "mine antivéhicule", "противотранспортная мина", "لغم مضاد للمركبات"
    SUBMUNITION = "submunition", "submunition", "sous-munition", "суббоеприпас", "ذخيرة صغيرة"
    PROJECTILE = "projectile", "projectile", "projectile", "снаряд", "قذيفة"
    MORTAR = "mortar", "mortar bomb", "obus de mortier", "миномётная мина", "قذيفة هاون"
    ROCKET = "rocket", "rocket or missile", "roquette ou missile", "ракета", "صاروخ"
    GRENADE = "grenade", "grenade", "grenade", "граната", "قنبلة يدوية"
    AIRCRAFT_BOMB = "aircraft_bomb", "aircraft bomb", "bombe d'aviation", "авиабомба", "قنبلة جوية"
    FUZE = "fuze", "fuze", "fusée", "взрыватель", "صمامة"
    SAA = "saa", "small arms ammunition", "munition d'arme légère", "патроны", "ذخيرة أسلحة خفيفة"
    IED = (
        "ied",
        "improvised explosive device",
        "engin explosif improvisé",
        "самодельное взрывное устройство",
        "عبوة ناسفة مبتكرة",
    )
    BOOBY_TRAP = "booby_trap", "booby-trap", "piège", "мина-ловушка", "شرك خداعي"
    OTHER = "other", "other", "autre", "другое", "أخرى"
    UNKNOWN = "unknown", "not stated", "non précisé", "не указано", "غير مذكور"


@unreviewed("ar")
class Disposal(Vocabulary):
    """What became of an item."""

    IN_PLACE = "in_place", "still in place", "encore en place", "на месте", "لا تزال في مكانها"
    DESTROYED = "destroyed", "destroyed", "détruit", "уничтожено", "أتلفت"
    MOVED = "moved", "moved", "déplacé", "перемещено", "نقلت"
    STORED = "stored", "stored", "entreposé", "на хранении", "مخزنة"
    HANDED_OVER = "handed_over", "handed over", "remis", "передано", "سلمت"
    UNKNOWN = "unknown", "not stated", "non précisé", "не указано", "غير مذكور"


@unreviewed("ar")
class ChargeEffect(Vocabulary):
    """How a charge acts; what is not all-round lies outside every distance rule."""

    ALL_ROUND = "all_round", "all round", "omnidirectionnel", "круговое", "في كل الاتجاهات"
    DIRECTIONAL = "directional", "directional", "directionnel", "направленное", "موجه"
    SHAPED = "shaped", "shaped charge", "charge creuse", "кумулятивное", "حشوة جوفاء"
    UNKNOWN = "unknown", "not stated", "non précisé", "не указано", "غير مذكور"


@unreviewed("ar")
class Surroundings(Vocabulary):
    """What surrounds an item; the air-blast model holds on open ground alone."""

    OPEN = "open", "open, flat ground", "terrain plat et dégagé", "открытая ровная местность", "أرض مكشوفة مستوية"
    INTERIOR = (
        "interior",
        "inside a room, tomb, arch, cistern or void",
        "dans une pièce, une tombe, un arc, une citerne ou un vide",
        "внутри помещения, гробницы, арки, цистерны или полости",
        "داخل غرفة أو مدفن أو قوس أو خزان أو فراغ",
    )
    BEHIND_WALL = "behind_wall", "behind a wall", "derrière un mur", "за стеной", "خلف جدار"
    STREET = "street", "in a narrow street", "dans une rue étroite", "на узкой улице", "في شارع ضيق"
    CONTACT = "contact", "in contact with stone", "au contact de la pierre", "вплотную к камню", "ملامس للحجر"
    UNKNOWN = "unknown", "not stated", "non précisé", "не указано", "غير مذكور"


@unreviewed("ar")
class DisposalMethod(Vocabulary):
    """What an EOD operator may consider for an item."""

    BY_HAND = "by_hand", "render safe by hand", "neutralisation à la main", "обезвреживание вручную", "إبطال يدوي"
    BY_ROBOT = (
        "by_robot",
        "render safe by robot",
        "neutralisation par robot",
        "обезвреживание роботом",
        "إبطال بالروبوت",
    )
    MOVE = "move", "move", "déplacement", "перемещение", "نقل"
    IN_PLACE = (
        "in_place",
        "in place with mitigation",
        "sur place avec mesures de protection",
        "на месте с мерами защиты",
        "في المكان مع تدابير تخفيف",
    )
    LOW_ORDER = (
        "low_order",
        "low order, planned as high order",
        "bas régime, prévu comme haut régime",
        "низкий порядок, планируется как высокий",
        "انفجار جزئي يخطط له ككامل",
    )
    DEFER = "defer", "defer with protection", "report avec protection", "отсрочка с защитой", "تأجيل مع الحماية"


@unreviewed("ar")
class IncidentKind(Vocabulary):
    """Kind of an incident."""

    ACCIDENT = "accident", "accident", "accident", "несчастный случай", "حادث", "IMAS 10.60 accident"
    DEMINING_ACCIDENT = (
        "demining_accident",
        "demining accident",
        "accident de déminage",
        "несчастный случай при разминировании",
        "حادث إزالة ألغام",
        "IMAS 10.60 demining accident",
    )
    DEMINING_INCIDENT = (
        "demining_incident",
        "demining incident",
        "incident de déminage",
        "инцидент при разминировании",
        "واقعة إزالة ألغام",
        "IMAS 10.60 demining incident",
    )
    FIND_AFTER_RELEASE = (
        "find_after_release",
        "find on released land",
        "découverte sur terrain remis",
        "находка на переданной земле",
        "اكتشاف في أرض مفرج عنها",
    )


@unreviewed("ar")
class SignalOutcome(Vocabulary):
    """What became of a detector's signal."""

    OPEN = "open", "not investigated", "non investigué", "не проверен", "لم يفحص"
    ITEM = "item", "an item was found", "engin trouvé", "найден предмет", "عثر على ذخيرة"
    CLUTTER = "clutter", "no item, only clutter", "aucun engin, débris", "предмета нет, помеха", "لا ذخيرة، شوائب فقط"


class CheckResult(Vocabulary):
    """Result of a quality check."""

    CONFORMING = "conforming", "conforming", "conforme", "соответствует", "مطابق"
    NONCONFORMING = "nonconforming", "nonconforming", "non conforme", "не соответствует", "غير مطابق"


# --- condition ----------------------------------------------------------------------------------------------------


class DamageClass(Vocabulary):
    """Class read off the wording of a report; the grade interval comes from the wording, not from this class."""

    DESTROYED = "destroyed", "destroyed", "détruit", "разрушено", "مدمر", "UNOSAT destroyed"
    SEVERE = "severe", "severe damage", "dommage grave", "тяжёлое повреждение", "ضرر شديد", "UNOSAT severe damage"
    MODERATE = (
        "moderate",
        "moderate damage",
        "dommage modéré",
        "умеренное повреждение",
        "ضرر متوسط",
        "UNOSAT moderate damage",
    )
    POSSIBLE = (
        "possible",
        "possible damage",
        "dommage possible",
        "возможное повреждение",
        "ضرر محتمل",
        "UNOSAT possible damage",
    )
    NONE = "none", "no damage stated", "aucun dommage signalé", "повреждений не указано", "لم يذكر ضرر"
    UNKNOWN = "unknown", "not stated", "non précisé", "не указано", "غير مذكور", "EAMENA No Visible/Accessible/Known"


class Mode(Vocabulary):
    """How a report came to its finding."""

    FIELD = "field", "field visit", "visite sur place", "осмотр на месте", "زيارة ميدانية"
    SATELLITE = "satellite", "satellite image", "image satellite", "спутниковый снимок", "صورة قمر صناعي"
    VIDEO = (
        "video",
        "pictures or video sent",
        "images ou vidéo reçues",
        "присланные снимки или видео",
        "صور أو فيديو مرسل",
    )
    PRESS = "press", "press or hearsay", "presse ou ouï-dire", "пресса или слухи", "صحافة أو سماع"
    SCAN = "scan", "3D survey", "relevé 3D", "трёхмерная съёмка", "مسح ثلاثي الأبعاد"


class DateKind(Vocabulary):
    """What the date of a condition report is the date of."""

    OBSERVED = "observed", "seen on this date", "vu à cette date", "осмотрено в эту дату", "شوهد في هذا التاريخ"
    REPORTED = "reported", "said on this date", "dit à cette date", "сообщено в эту дату", "ذكر في هذا التاريخ"
    EVENT = "event", "date of the damage itself", "date du dommage", "дата повреждения", "تاريخ الضرر"


class Presence(Vocabulary):
    """Whether something was assessed at all."""

    ASSESSED = "assessed", "assessed", "évalué", "оценено", "مقيّم"
    NOT_ASSESSED = (
        "not_assessed",
        "not assessed",
        "non évalué",
        "не оценено",
        "غير مقيّم",
        "EAMENA No Visible/Accessible",
    )


# --- happenings, restoration, coordination ------------------------------------------------------------------------


class OccurrenceKind(Vocabulary):
    """Kind of a happening (CIDOC CRM E5 Event)."""

    CHANGE_OF_CONTROL = (
        "change_of_control",
        "change of control",
        "changement de contrôle",
        "смена контроля",
        "تغير السيطرة",
        "CRM E5",
    )
    DANGER_LISTING = (
        "danger_listing",
        "put on the List in Danger",
        "inscription en péril",
        "внесение в Список под угрозой",
        "الإدراج في قائمة الخطر",
    )
    ACCESS_DENIED = "access_denied", "access denied", "accès refusé", "отказ в доступе", "منع الوصول"
    DEMOLITION = "demolition", "demolition", "démolition", "снос", "هدم", "CRM E6 Destruction"
    VISIT = "visit", "visit", "visite", "посещение", "زيارة"
    UTTERANCE = "utterance", "statement made", "déclaration", "заявление", "تصريح"
    EVENT = "event", "event as reported", "événement rapporté", "событие по сообщению", "حدث كما ذكر"


class RecommendationKind(Vocabulary):
    """What a recommending body issued."""

    RECOMMENDATION = "recommendation", "recommendation", "recommandation", "рекомендация", "توصية"
    DECISION = "decision", "decision of a body", "décision d'un organe", "решение органа", "قرار هيئة"
    PLAN = "plan", "plan", "plan", "план", "خطة"
    FUNDING = "funding", "funding", "financement", "финансирование", "تمويل"
    WORK = (
        "work",
        "work done or begun",
        "travaux faits ou commencés",
        "выполненные или начатые работы",
        "أعمال منجزة أو جارية",
    )
    ESTIMATE = "estimate", "estimate", "estimation", "оценка", "تقدير"


class WorksKind(Vocabulary):
    """Kind of works on a structure, in the order of the phases."""

    ACCESS = "access", "access", "accès", "доступ", "وصول"
    RAPID_RECORD = "rapid_record", "rapid record", "relevé rapide", "быстрая фиксация", "توثيق سريع"
    STABILISE = (
        "stabilise",
        "emergency stabilisation",
        "stabilisation d'urgence",
        "экстренная стабилизация",
        "تدعيم طارئ",
    )
    FULL_RECORD = "full_record", "full record", "relevé complet", "полная фиксация", "توثيق كامل"
    SALVAGE = "salvage", "salvage of fragments", "sauvetage des fragments", "спасение фрагментов", "إنقاذ القطع"
    STUDY = (
        "study",
        "structural and material study",
        "étude structurelle et matérielle",
        "исследование конструкций и материалов",
        "دراسة إنشائية ومادية",
    )
    CONSENTS = (
        "consents",
        "options and consents",
        "options et accords",
        "варианты и согласования",
        "الخيارات والموافقات",
    )
    WORKS = "works", "works", "travaux", "работы", "أعمال"


class RestorationOption(Vocabulary):
    """Options of intervention, least first (Venice Charter art. 15 for ruins)."""

    PRESERVE = "preserve", "preserve as found", "préserver en l'état", "сохранить как есть", "الحفاظ كما هو"
    CONSOLIDATE = "consolidate", "consolidate in place", "consolider sur place", "укрепить на месте", "تدعيم في الموقع"
    ANASTYLOSIS = "anastylosis", "anastylosis", "anastylose", "анастилоз", "إعادة تركيب", "Venice Charter art. 15"
    PARTIAL_ANASTYLOSIS = (
        "partial_anastylosis",
        "partial anastylosis",
        "anastylose partielle",
        "частичный анастилоз",
        "إعادة تركيب جزئية",
    )
    RECONSTRUCTION = (
        "reconstruction",
        "reconstruction (not restoration)",
        "reconstruction (non restauration)",
        "реконструкция (не реставрация)",
        "إعادة بناء (ليست ترميماً)",
        "Operational Guidelines par. 86",
    )


class DecisionKind(Vocabulary):
    """What a Decision does."""

    AUTHORISE = "authorise", "authorises an activity", "autorise une activité", "разрешает деятельность", "يصرح بنشاط"
    REFUSE = "refuse", "refuses an activity", "refuse une activité", "запрещает деятельность", "يرفض نشاطاً"
    SETTLE = "settle", "settles a contradiction", "tranche une contradiction", "разрешает противоречие", "يحسم تناقضاً"
    THRESHOLD = "threshold", "sets a threshold", "fixe un seuil", "устанавливает порог", "يحدد عتبة"
    WITHDRAW = "withdraw", "withdraws a decision", "retire une décision", "отменяет решение", "يسحب قراراً"


class Activity(Vocabulary):
    """What a Decision authorises or refuses at a structure."""

    VISIT = "visit", "visit", "visite", "посещение", "زيارة"
    ASSESSMENT = "assessment", "condition assessment", "évaluation de l'état", "оценка состояния", "تقييم الحالة"
    RECORDING = "recording", "recording", "relevé", "фиксация", "توثيق"
    STABILISATION = "stabilisation", "stabilisation", "stabilisation", "стабилизация", "تدعيم"
    SALVAGE = "salvage", "salvage of fragments", "sauvetage des fragments", "спасение фрагментов", "إنقاذ القطع"
    WORKS = "works", "works", "travaux", "работы", "أعمال"
    PUBLIC_ACCESS = "public_access", "public access", "accès du public", "доступ публики", "دخول الجمهور"


class ConsentState(Vocabulary):
    """Where a consent stands."""

    REQUESTED = "requested", "requested", "demandé", "запрошено", "مطلوب"
    GRANTED = "granted", "granted", "accordé", "дано", "ممنوح"
    REFUSED = "refused", "refused", "refusé", "отказано", "مرفوض"
    WITHDRAWN = "withdrawn", "withdrawn", "retiré", "отозвано", "مسحوب"


class AssetKind(Vocabulary):
    """Kind of a file kept beside the record."""

    PHOTO = "photo", "photograph", "photographie", "фотография", "صورة"
    SCAN = "scan", "3D survey", "relevé 3D", "трёхмерная съёмка", "مسح ثلاثي الأبعاد"
    RASTER = "raster", "raster", "raster", "растр", "بيانات نقطية"
    DOCUMENT = "document", "document", "document", "документ", "وثيقة"
    OTHER = "other", "other", "autre", "другое", "أخرى"
