//! Rows of text on pages: how high they are, and which page they are on. Lengths are points of PDF (1/72 inch).

use super::face::Face;

/// A4.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
pub(super) const MARGIN: f32 = 45.0;
pub(super) const SIZE: f32 = 8.5;
pub(super) const LINE: f32 = 11.5;
/// Between the text of a row and the line below it.
pub(super) const GAP: f32 = 4.0;
/// Where the columns begin, and where the last of them ends.
pub(super) const COLUMNS: [f32; 4] = [MARGIN, MARGIN + 84.0, MARGIN + 255.0, PAGE.0 - MARGIN];

/// A line of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) bold: bool,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) cells: [Vec<Line>; 3],
}

/// The two typefaces of a sheet.
pub(super) struct Faces {
    pub(super) regular: Face,
    pub(super) bold: Face,
}

impl Faces {
    pub(super) fn of(&self, line: &Line) -> &Face {
        if line.bold { &self.bold } else { &self.regular }
    }

    /// A row of paragraphs, each of them bold or not, broken into lines that their columns hold.
    pub(super) fn row(&self, cells: [Vec<(String, bool)>; 3]) -> Row {
        let widths = [0, 1, 2].map(|column| column_width(column) / SIZE);
        let mut widths = widths.into_iter();
        Row { cells: cells.map(|paragraphs| self.cell(&paragraphs, widths.next().unwrap_or(1.0))) }
    }

    fn cell(&self, paragraphs: &[(String, bool)], width: f32) -> Vec<Line> {
        let lines = |(text, bold): &(String, bool)| {
            let face = if *bold { &self.bold } else { &self.regular };
            face.lines(&face.printable(text), width).into_iter().map(|text| Line { text, bold: *bold }).collect::<Vec<_>>()
        };
        paragraphs.iter().flat_map(lines).collect()
    }
}

fn column_width(column: usize) -> f32 {
    const BETWEEN: f32 = 8.0;
    let edge = |at: usize| COLUMNS.get(at).copied().unwrap_or(PAGE.0 - MARGIN);
    edge(column + 1) - edge(column) - BETWEEN
}

impl Row {
    pub(super) fn height(&self) -> f32 {
        let lines = self.cells.iter().map(Vec::len).max().unwrap_or(0);
        (0..lines).map(|_| LINE).sum::<f32>() + 2.0 * GAP
    }
}

/// The rows of each page, where the first page has less room than the others. There is at least one page.
/// A row higher than a page is cut into rows of one page each.
pub(super) fn pages(rows: Vec<Row>, first: f32, others: f32) -> Vec<Vec<Row>> {
    let (mut pages, mut room) = (vec![Vec::new()], first);
    for row in rows.into_iter().flat_map(|row| cut(row, others)) {
        if row.height() > room && pages.last().is_some_and(|page| !page.is_empty() || pages.len() == 1) {
            pages.push(Vec::new());
            room = others;
        }
        room -= row.height();
        pages.iter_mut().next_back().into_iter().for_each(|page| page.push(row.clone()));
    }
    pages
}

fn cut(mut row: Row, most: f32) -> Vec<Row> {
    let mut parts = Vec::new();
    while row.height() > most {
        let mut lines = 0;
        let mut height = 2.0 * GAP;
        while height + LINE <= most {
            height += LINE;
            lines += 1;
        }
        if lines == 0 {
            break;
        }
        let rest = row.cells.each_mut().map(|cell| cell.split_off(lines.min(cell.len())));
        parts.push(std::mem::replace(&mut row, Row { cells: rest }));
    }
    parts.push(row);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(lines: usize) -> Row {
        let line = |number| Line { text: format!("{number}"), bold: false };
        Row { cells: [(0..lines).map(line).collect(), vec![line(0)], Vec::new()] }
    }

    #[test]
    fn every_row_is_on_a_page_that_holds_it_and_none_is_lost() {
        let rows: Vec<_> = (0..200).map(|number| row(number % 7 + 1)).chain([row(500)]).collect();
        let lines = |rows: &[Row]| rows.iter().map(|row| row.cells[0].len()).sum::<usize>();
        let all = lines(&rows);
        let pages = pages(rows, 200.0, 300.0);
        assert_eq!(pages.iter().map(|page| lines(page)).sum::<usize>(), all);
        for (number, page) in pages.iter().enumerate() {
            let height: f32 = page.iter().map(Row::height).sum();
            assert!(height <= if number == 0 { 200.0 } else { 300.0 }, "page {number} is {height} high");
        }
    }

    #[test]
    fn no_rows_are_one_empty_page() {
        assert_eq!(pages(Vec::new(), 200.0, 300.0), [Vec::new()]);
    }
}
