//! The activity history as PDF: PDF/A-2a and PDF/UA-1, so that it can be kept and read aloud.

use std::num::NonZeroU16;

use krilla::configure::{Accessibility, Archival, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};
use time::OffsetDateTime;

use super::face::Face;
use super::page::{COLUMNS, Faces, GAP, LINE, Line, MARGIN, PAGE, Row, SIZE, pages};
use super::{ActivityWords, HistorySheet, Language};
use crate::model::civil_day::time_of;
use crate::model::timestamp::Instant;

/// The media type (RFC 8118).
pub const PDF: &str = "application/pdf";

const TITLE_SIZE: f32 = 15.0;
/// Title and the two lines below it.
const HEAD: f32 = 58.0;
/// The number of the page.
const FOOT: f32 = 22.0;

/// Why there is no sheet. Neither is the reader's fault.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// A built-in typeface cannot be read.
    #[error("a typeface of the program cannot be read")]
    Typeface,
    /// The PDF does not conform to what it is to conform to.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
}

/// The history as PDF.
///
/// # Errors
/// None that the input causes: a letter that the typeface does not have is marked.
pub fn history_pdf(sheet: &HistorySheet<'_>) -> Result<Vec<u8>, SheetError> {
    let faces = Faces { regular: Face::new(dejavu::sans_condensed::regular())?, bold: Face::new(dejavu::sans_condensed::bold())? };
    let headings = faces.row(sheet.language.headings().map(|text| vec![(text.to_owned(), true)]));
    let room = PAGE.1 - 2.0 * MARGIN - FOOT - headings.height();
    let pages = pages(rows(sheet, &faces), room - HEAD, room);
    let mut document = Document::new_with(settings()?);
    document.set_metadata(metadata(sheet));
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(sheet.language.title().to_owned(), XyzDestination::new(0, Point::from_xy(MARGIN, MARGIN))));
    document.set_outline(outline);
    let (mut front, mut table) = (Vec::new(), TagGroup::new(Tag::Table));
    for (number, rows) in pages.iter().enumerate() {
        let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| SheetError::Pdf("the page has no size".to_owned()))?;
        let mut page = document.start_page_with(size);
        let mut ink = Ink { surface: page.surface(), faces: &faces, y: MARGIN };
        if number == 0 {
            front = ink.front(sheet);
        }
        ink.table(&headings, rows, number == 0, &mut table);
        ink.foot(&format!("{} {}/{}", sheet.language.page(), number + 1, pages.len()));
    }
    let mut tree = TagTree::new().with_lang(Some(sheet.language.code().to_owned()));
    front.into_iter().chain([table]).for_each(|group| tree.push(group));
    document.set_tag_tree(tree);
    document.finish().map_err(|error| SheetError::Pdf(format!("{error:?}")))
}

fn settings() -> Result<SerializeSettings, SheetError> {
    let builder = ConfigurationBuilder::new().with_archival_validator(Archival::A2_A).with_accessibility_validator(Accessibility::UA1);
    let configuration: Configuration = builder.finish().map_err(|error| SheetError::Pdf(format!("{error:?}")))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

fn metadata(sheet: &HistorySheet<'_>) -> Metadata {
    let language = sheet.language;
    Metadata::new()
        .title(language.title().to_owned())
        .language(language.code().to_owned())
        .creator("Dossier".to_owned())
        .creation_date(date(sheet.made_at))
}

/// In UTC; the epoch where the instant lies beyond what calendars hold.
fn date(at: Instant) -> DateTime {
    let at = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1_000_000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(at.month().into())
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn rows(sheet: &HistorySheet<'_>, faces: &Faces) -> Vec<Row> {
    let language = sheet.language;
    let nothing = sheet.entries.is_empty().then(|| faces.row([Vec::new(), Vec::new(), vec![(language.nothing().to_owned(), false)]]));
    let more = sheet.has_more.then(|| faces.row([Vec::new(), Vec::new(), vec![(language.more().to_owned(), true)]]));
    let entries = sheet.entries.iter().map(|activity| faces.row(cells(ActivityWords::of(activity, language), language)));
    entries.chain(nothing).chain(more).collect()
}

/// The paragraphs of an entry; what stands out is not told by its weight alone.
fn cells(words: ActivityWords, language: Language) -> [Vec<(String, bool)>; 3] {
    let mut what = vec![(words.whole_act(), false)];
    what.extend(words.failure.map(|failure| (failure.to_owned(), true)));
    what.extend(words.reason.as_ref().map(|reason| (format!("{}: {reason}", language.reason()), false)));
    what.extend(words.documents.iter().map(|title| (format!("– {title}"), false)));
    let represented = words.representative.map(|name| format!("{} {name}", language.represented_by()));
    let about = [words.function, words.establishment, represented].into_iter().flatten().map(|text| (text, false));
    let who = [(words.who, true)].into_iter().chain(about).collect();
    [vec![(words.when, false)], who, what]
}

/// The surface of a page, and how far down it is written.
struct Ink<'s, 'f> {
    surface: Surface<'s>,
    faces: &'f Faces,
    y: f32,
}

impl Ink<'_, '_> {
    /// Title, patient and time.
    fn front(&mut self, sheet: &HistorySheet<'_>) -> Vec<TagGroup> {
        let (faces, language) = (self.faces, sheet.language);
        let title = language.title();
        let heading = self.text(&faces.bold, (MARGIN, self.y + TITLE_SIZE), TITLE_SIZE, title, span());
        let about = format!(
            "{} {} · {} {} · {}",
            language.patient(),
            faces.regular.printable(sheet.patient),
            language.made(),
            time_of(sheet.made_at),
            language.times()
        );
        let about = self.text(&faces.regular, (MARGIN, self.y + TITLE_SIZE + 2.0 * LINE), SIZE, &about, span());
        self.y += HEAD;
        vec![
            TagGroup::with_children(Tag::Hn(NonZeroU16::MIN, Some(title.to_owned())), vec![heading.into()]),
            TagGroup::with_children(Tag::P, vec![about.into()]),
        ]
    }

    /// The rows of the page below the headings; these are part of the table once.
    fn table(&mut self, headings: &Row, rows: &[Row], is_first: bool, table: &mut TagGroup) {
        if is_first {
            let group = self.row(headings, |cell| TagGroup::with_children(Tag::TH(TableHeaderScope::Column), cell));
            table.push(group);
        } else {
            self.again(headings);
        }
        for row in rows {
            let group = self.row(row, |cell| TagGroup::with_children(Tag::TD, cell));
            table.push(group);
        }
    }

    fn row(&mut self, row: &Row, cell: impl Fn(Vec<krilla::tagging::Node>) -> TagGroup) -> TagGroup {
        let mut group = TagGroup::new(Tag::TR);
        for (lines, x) in row.cells.iter().zip(COLUMNS) {
            let spans: Vec<_> = self.placed(lines).map(|(line, y)| (line.clone(), y)).collect();
            let parts = spans.iter().map(|(line, y)| self.text(self.faces.of(line), (x, *y), SIZE, &line.text, span()).into());
            group.push(cell(parts.collect()));
        }
        self.below(row);
        group
    }

    /// The headings on a further page.
    fn again(&mut self, headings: &Row) {
        for (lines, x) in headings.cells.iter().zip(COLUMNS) {
            let spans: Vec<_> = self.placed(lines).map(|(line, y)| (line.clone(), y)).collect();
            for (line, y) in spans {
                self.text(self.faces.of(&line), (x, y), SIZE, &line.text, artifact(ArtifactType::Header));
            }
        }
        self.below(headings);
    }

    fn placed<'l>(&self, lines: &'l [Line]) -> impl Iterator<Item = (&'l Line, f32)> + use<'l> {
        let first = self.y + GAP + SIZE;
        lines.iter().scan(first, |y, line| Some((line, std::mem::replace(y, *y + LINE))))
    }

    /// Goes on below a row, with a line between.
    fn below(&mut self, row: &Row) {
        self.y += row.height();
        let mut path = PathBuilder::new();
        path.move_to(MARGIN, self.y);
        path.line_to(PAGE.0 - MARGIN, self.y);
        self.surface.start_tagged(artifact(ArtifactType::Layout));
        if let Some(path) = path.finish() {
            self.surface.set_stroke(Some(Stroke { width: 0.4, ..Stroke::default() }));
            self.surface.draw_path(&path);
            self.surface.set_stroke(None);
        }
        self.surface.end_tagged();
    }

    fn foot(&mut self, text: &str) {
        let faces = self.faces;
        self.text(&faces.regular, (MARGIN, PAGE.1 - MARGIN), SIZE, text, artifact(ArtifactType::PageNumber));
    }

    fn text(&mut self, face: &Face, (x, y): (f32, f32), size: f32, text: &str, tag: ContentTag<'_>) -> Identifier {
        let id = self.surface.start_tagged(tag);
        self.surface.draw_glyphs(Point::from_xy(x, y), &face.glyphs(text), face.font.clone(), text, size, false);
        self.surface.end_tagged();
        id
    }
}

fn span() -> ContentTag<'static> {
    ContentTag::Span(SpanTag::empty())
}

fn artifact(kind: ArtifactType) -> ContentTag<'static> {
    ContentTag::Artifact(Artifact::with_kind(kind))
}
